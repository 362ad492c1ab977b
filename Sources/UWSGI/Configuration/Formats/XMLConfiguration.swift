/// uWSGI's two readings of xml files: with libxml2, which nearly all builds have, or with expat.
///
/// libxml2: the children of `<uwsgi>`, which is the root or a child of it (with an `id`, where one is asked); an
/// option's value is its first child's text, `1` when it has none. expat: every element behind `<uwsgi>`, with the
/// first piece of text that follows. Source: core/xmlconf.c.
enum XMLConfiguration {
    /// A node below the element that holds it.
    private struct Node {
        var piece: XMLScanner.Piece
        var line: Int
        var depth: Int
    }

    static func read(
        _ text: MagicText, identifier: ConfigurationText?, by build: UWSGIBuild
    ) -> ParsedConfiguration {
        guard !text.hasNUL else { return .unreadable() }
        if identifier == [] { return .failure("its id is empty", line: 1) }
        let bytes = text.joined
        var line = 0
        do throws(XMLScanner.Problem) {
            let nodes = try document(bytes, text, &line)
            guard bytes.isKnownText || nodes.allSatisfy({ isPlain($0) }) else { return .unreadable() }
            return switch build.hasLibXML2 {
            case true?: options(nodes, identifier: identifier)
            case false?: expatOptions(nodes, identifier: identifier)
            case nil:
                .merged(
                    options(nodes, identifier: identifier), expatOptions(nodes, identifier: identifier))
            }
        } catch {
            guard case .malformed(let reason) = error, bytes.isKnownText else { return .unreadable() }
            return .failure("it is not XML: \(reason)", line: number(line, text))
        }
    }

    /// Whether a piece's kind does not depend on what a mark stands for.
    private static func isPlain(_ node: Node) -> Bool {
        guard case .text(let text) = node.piece else { return true }
        return node.depth > 1 || text.isKnownText
    }

    private static func number(_ line: Int, _ text: MagicText) -> Int {
        text.lines.indices.contains(line) ? text.lines[line].number : line + 1
    }

    /// All pieces with their depth; the root's is 0.
    private static func document(
        _ bytes: ConfigurationText, _ text: MagicText, _ problemLine: inout Int
    ) throws(XMLScanner.Problem) -> [Node] {
        var scanner = try XMLScanner(bytes)
        defer { problemLine = scanner.line }
        var nodes: [Node] = []
        var open: [ConfigurationText] = []
        var hasRoot = false
        while true {
            let line = number(scanner.line, text)
            let piece = try scanner.next()
            switch piece {
            case .atEnd:
                guard open.isEmpty, hasRoot else { throw .malformed("an element does not end") }
                return nodes
            case .text(let text) where open.isEmpty:
                guard text.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
                    throw .malformed("there is text outside its root")
                }
                continue
            case .cdata where open.isEmpty: throw .malformed("there is text outside its root")
            case .start(let name, _, let isEmpty):
                guard !open.isEmpty || !hasRoot else { throw .malformed("it has two roots") }
                guard open.count < 200 else { throw .unsupported }
                hasRoot = true
                nodes.append(Node(piece: piece, line: line, depth: open.count))
                if isEmpty {
                    nodes.append(Node(piece: .end(name: name), line: line, depth: open.count))
                } else {
                    open.append(name)
                }
            case .end(let name):
                guard open.popLast() == name else { throw .malformed("an end tag has no start tag") }
                nodes.append(Node(piece: piece, line: line, depth: open.count))
            default: if !open.isEmpty { nodes.append(Node(piece: piece, line: line, depth: open.count)) }
            }
        }
    }

    // MARK: libxml2

    private static func options(_ nodes: [Node], identifier: ConfigurationText?) -> ParsedConfiguration {
        guard let stanza = stanza(nodes, identifier: identifier) else {
            return .failure("it has no element <uwsgi>", line: 1)
        }
        var result = ParsedConfiguration()
        let depth = nodes[stanza].depth + 1
        var index = stanza + 1
        while index < nodes.count, nodes[index].depth >= depth {
            let node = nodes[index]
            let next = index + 1
            // What follows at the element's own depth is its end, and then its sibling.
            index = nodes[next...].firstIndex { $0.depth <= depth } ?? nodes.count
            if case .cdata(let text) = node.piece {
                result.options.append(.init(name: ConfigurationText("eval"), value: text, line: node.line))
            }
            guard case .start(let name, let attributes, _) = node.piece else { continue }
            index = min(index + 1, nodes.count)
            if let identifier, let own = attribute("id", attributes), own != identifier { continue }
            // Which --mode uWSGI has is not known here.
            let isCertain = attribute("mode", attributes) == nil
            guard name != ConfigurationText("app") else {
                result.options.append(.init(name: name, value: [], line: node.line))
                continue
            }
            guard let value = value(nodes[next].piece) else {
                result.failure = .init(reason: "an option's value is an element", line: node.line)
                return result
            }
            result.options.append(
                .init(name: name, value: value, line: node.line, certainty: isCertain ? .certain : .possible))
        }
        return result
    }

    /// The element `<uwsgi>`: the root or the first fitting child of it.
    private static func stanza(_ nodes: [Node], identifier: ConfigurationText?) -> Int? {
        // A root without children stays what uWSGI looks into.
        if nodes.count == 2 { return 0 }
        return nodes.indices.first { index in
            guard case .start(let name, let attributes, _) = nodes[index].piece, nodes[index].depth <= 1,
                name == ConfigurationText("uwsgi")
            else { return false }
            if nodes[index].depth == 0 { return true }
            guard let identifier, let own = attribute("id", attributes) else { return true }
            return own == identifier
        }
    }

    /// What an element's first child makes its value; `nil` when that is an element, of which libxml2 has no text.
    private static func value(_ first: XMLScanner.Piece) -> ConfigurationText? {
        switch first {
        case .text(let text), .cdata(let text), .comment(let text): text
        case .end: ConfigurationText("1")
        case .instruction: .unknown
        case .start, .atEnd: nil
        }
    }

    // MARK: expat

    /// What uWSGI's handlers of expat's events collect: `startElement`, `textElement` and `endElement`.
    private static func expatOptions(
        _ nodes: [Node], identifier: ConfigurationText?
    ) -> ParsedConfiguration {
        var result = ParsedConfiguration()
        var isInside = false
        var key: ParsedConfiguration.Option?
        for node in nodes {
            switch node.piece {
            case .start(let name, let attributes, _):
                if isInside {
                    key = .init(name: name, value: ConfigurationText("1"), line: node.line)
                } else if name == ConfigurationText("uwsgi") {
                    let first = attributes.first
                    isInside =
                        identifier == nil
                        || first?.name == ConfigurationText("id") && first?.value == identifier
                }
            case .text(let text), .cdata(let text):
                guard var option = key, !text.isEmpty else { break }
                // expat hands over a line feed on its own.
                option.value = text.first == 0x0A ? [0x0A] : Array(text.prefix { $0 != 0x0A })
                result.options.append(option)
                key = nil
            case .end(let name):
                if isInside, name == ConfigurationText("uwsgi") {
                    isInside = false
                } else if let option = key {
                    result.options.append(option)
                    key = nil
                }
            case .comment, .instruction, .atEnd: break
            }
        }
        return result
    }

    private static func attribute(
        _ name: StaticString, _ attributes: [XMLScanner.Attribute]
    ) -> ConfigurationText? {
        attributes.first { $0.name == ConfigurationText(name) }?.value
    }
}
