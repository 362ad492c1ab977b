import CYAML

/// Reads a stream of YAML documents with libyaml, one after the other.
///
/// Nesting and the number of nodes are limited, and what is nested is read in a loop, whatever stack there is. Aliases
/// share what they stand for, so that a document takes no more memory than its text suggests; a reader that walks it
/// all may still meet far more nodes than the text has characters.
public final class YAMLParser {
    /// The deepest nesting that is read, that behind aliases included.
    public static let maximumDepth = 256
    /// The most nodes of one document. The API server's store takes objects of 1.5 MiB (etcd,
    /// `--max-request-bytes`), which have some tens of thousands.
    public static let mostNodes = 1 << 19

    private let input: LibYAMLInput
    private let firstLine: Int
    private let lineFeeds: Int
    private var isAtEnd = false
    private var isFirstDocument = true
    /// The anchors of the last document that was read.
    public private(set) var anchors: YAMLAnchors

    /// - Parameters:
    ///   - bytes: the text: UTF-8, or UTF-16 with a byte order mark.
    ///   - line: what the text's first line is called, from 1.
    ///   - anchors: what stands before the text in its document, if that goes on in it.
    /// - Throws: ``YAMLError`` when memory is short.
    public init(
        _ bytes: [UInt8], line: Int = 1, anchors: YAMLAnchors = YAMLAnchors()
    ) throws(YAMLError) {
        firstLine = line
        lineFeeds = bytes.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        self.anchors = anchors
        input = try LibYAMLInput(bytes)
        _ = try nextEvent()  // the start of the stream
    }

    /// The next document; `nil` at the end of the stream.
    /// - Throws: ``YAMLError``; after that nothing more can be read.
    public func nextDocument() throws(YAMLError) -> YAMLNode? {
        guard !isAtEnd else { return nil }
        do {
            guard case .other(YAML_DOCUMENT_START_EVENT) = try nextEvent().kind else {
                isAtEnd = true
                return nil
            }
            // Only the first may be the rest of a document that began elsewhere.
            if !isFirstDocument { anchors = YAMLAnchors() }
            isFirstDocument = false
            let root = try node()
            _ = try nextEvent()  // the end of the document
            return root
        } catch {
            isAtEnd = true
            throw error
        }
    }

    /// A sequence or a mapping that has begun.
    private struct Level {
        let isMapping: Bool
        let mark: YAMLMark
        let anchor: String?
        /// How many nodes there were before it.
        let nodesBefore: Int
        var elements: [YAMLNode] = []
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        var key: YAMLNode?
        var height = 0

        mutating func add(_ node: YAMLNode, height: Int) {
            self.height = max(self.height, height + 1)
            if !isMapping {
                elements.append(node)
            } else if let key {
                pairs.append((key, node))
                self.key = nil
            } else {
                key = node
            }
        }

        var node: YAMLNode { isMapping ? .mapping(pairs, mark) : .sequence(elements, mark) }
    }

    /// One whole node.
    private func node() throws(YAMLError) -> YAMLNode {
        var levels: [Level] = []
        var count = 0
        while true {
            let event = try nextEvent()
            var anchor = event.anchor
            var target: YAMLAnchors.Target
            switch event.kind {
            case .alias(let name):
                guard let anchored = anchors[name] else {
                    throw YAMLError(mark: event.mark, reason: "the alias *\(name) has no anchor")
                }
                target = anchored
            case .scalar(let scalar):
                target = YAMLAnchors.Target(node: .scalar(scalar), height: 0, size: 1)
            case .other(YAML_SEQUENCE_START_EVENT), .other(YAML_MAPPING_START_EVENT):
                levels.append(
                    Level(
                        isMapping: event.isMapping, mark: event.mark, anchor: anchor, nodesBefore: count))
                try check(depth: levels.count - 1, at: event.mark)
                count += 1
                continue
            case .other(YAML_SEQUENCE_END_EVENT), .other(YAML_MAPPING_END_EVENT):
                guard let level = levels.popLast() else {
                    throw YAMLError(mark: event.mark, reason: "a node is missing")
                }
                target = YAMLAnchors.Target(
                    node: level.node, height: level.height, size: count - level.nodesBefore)
                anchor = level.anchor
            case .other:
                throw YAMLError(mark: event.mark, reason: "a node is missing")
            }
            count += 1
            try check(depth: levels.count + target.height, at: event.mark)
            guard count <= Self.mostNodes else { throw tooMany(at: event.mark) }
            if let anchor, !anchors.define(anchor, target) { throw tooMany(at: event.mark) }
            guard !levels.isEmpty else { return target.node }
            levels[levels.count - 1].add(target.node, height: target.height)
        }
    }

    private func check(depth: Int, at mark: YAMLMark) throws(YAMLError) {
        guard depth <= Self.maximumDepth else {
            throw YAMLError(
                mark: mark, reason: "nested deeper than \(Self.maximumDepth) levels", limit: .depth)
        }
    }

    private func tooMany(at mark: YAMLMark) -> YAMLError {
        YAMLError(mark: mark, reason: "a document of more than \(Self.mostNodes) values", limit: .size)
    }

    private func nextEvent() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(input.parser, &event) == 1 else { throw problem() }
        // The event's texts are copied into `Event`; libyaml's own are freed here.
        defer { yaml_event_delete(&event) }
        return Event(event, firstLine: firstLine)
    }

    private func problem() -> YAMLError {
        let state = input.parser.pointee
        let texts = [state.context, state.problem].compactMap { $0.map { String(cString: $0) } }
        let reason = texts.isEmpty ? "the text cannot be read as YAML" : texts.joined(separator: ", ")
        guard state.error == YAML_SCANNER_ERROR || state.error == YAML_PARSER_ERROR else {
            return YAMLError(mark: nil, reason: reason)
        }
        return YAMLError(
            mark: YAMLMark(state.problem_mark, firstLine: firstLine), reason: reason,
            isAtEnd: Int(state.problem_mark.line) >= lineFeeds)
    }
}

/// What is kept of a libyaml event.
private struct Event {
    enum Kind {
        case scalar(YAMLScalarNode)
        case alias(String)
        case other(yaml_event_type_t)
    }

    let kind: Kind
    let anchor: String?
    let mark: YAMLMark

    var isMapping: Bool {
        if case .other(YAML_MAPPING_START_EVENT) = kind { true } else { false }
    }

    init(_ event: yaml_event_t, firstLine: Int) {
        mark = YAMLMark(event.start_mark, firstLine: firstLine)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                YAMLScalarNode(
                    text: String(decoding: text, as: UTF8.self),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, hasTag: scalar.tag != nil, mark: mark))
            anchor = Self.text(scalar.anchor)
        case YAML_ALIAS_EVENT:
            kind = .alias(Self.text(event.data.alias.anchor) ?? "")
            anchor = nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .other(event.type)
            anchor = Self.text(event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT:
            kind = .other(event.type)
            anchor = Self.text(event.data.mapping_start.anchor)
        default:
            kind = .other(event.type)
            anchor = nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension YAMLMark {
    fileprivate init(_ mark: yaml_mark_t, firstLine: Int) {
        self.init(line: Int(mark.line) + firstLine, column: Int(mark.column) + 1)
    }
}
