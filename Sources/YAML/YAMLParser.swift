import CYAML

/// Reads a stream of YAML documents with libyaml, one after the other.
///
/// Nesting is limited. Aliases share what they stand for, so that a document takes no more memory than its text
/// suggests; whoever walks it all may still meet far more nodes than the text has characters.
public final class YAMLParser {
    /// The deepest nesting that is read.
    public static let maximumDepth = 256

    /// Owned by this object alone, from `init` to `deinit`: libyaml keeps pointers into it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// Owned by this object alone, from `init` to `deinit`: the text that libyaml reads while it parses.
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var isAtEnd = false

    /// - Parameter bytes: the text: UTF-8, or UTF-16 with a byte order mark.
    /// - Throws: ``YAMLError`` when memory is short.
    public init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(mark: nil, reason: "out of memory")
        }
        yaml_parser_set_input_string(parser, UnsafePointer(input.baseAddress), input.count)
        _ = try nextEvent()  // the start of the stream
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
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
            var anchors: [String: YAMLNode] = [:]
            let root = try node(from: nextEvent(), anchors: &anchors, depth: 0)
            _ = try nextEvent()  // the end of the document
            return root
        } catch {
            isAtEnd = true
            throw error
        }
    }

    private func node(
        from event: Event, anchors: inout [String: YAMLNode], depth: Int
    ) throws(YAMLError) -> YAMLNode {
        guard depth <= Self.maximumDepth else {
            throw YAMLError(mark: event.mark, reason: "nested deeper than \(Self.maximumDepth) levels")
        }
        let node: YAMLNode
        switch event.kind {
        case .alias(let name):
            guard let anchored = anchors[name] else {
                throw YAMLError(mark: event.mark, reason: "the alias *\(name) stands for nothing")
            }
            return anchored
        case .scalar(let scalar):
            node = .scalar(scalar)
        case .other(YAML_SEQUENCE_START_EVENT):
            node = .sequence(try elements(anchors: &anchors, depth: depth), event.mark)
        case .other(YAML_MAPPING_START_EVENT):
            node = .mapping(try pairs(anchors: &anchors, depth: depth), event.mark)
        case .other:
            throw YAMLError(mark: event.mark, reason: "a node is missing")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private func elements(anchors: inout [String: YAMLNode], depth: Int) throws(YAMLError) -> [YAMLNode] {
        var result: [YAMLNode] = []
        while true {
            let event = try nextEvent()
            if case .other(YAML_SEQUENCE_END_EVENT) = event.kind { return result }
            result.append(try node(from: event, anchors: &anchors, depth: depth + 1))
        }
    }

    private func pairs(
        anchors: inout [String: YAMLNode], depth: Int
    ) throws(YAMLError) -> [(key: YAMLNode, value: YAMLNode)] {
        var result: [(key: YAMLNode, value: YAMLNode)] = []
        while true {
            let event = try nextEvent()
            if case .other(YAML_MAPPING_END_EVENT) = event.kind { return result }
            let key = try node(from: event, anchors: &anchors, depth: depth + 1)
            result.append((key, try node(from: nextEvent(), anchors: &anchors, depth: depth + 1)))
        }
    }

    private func nextEvent() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        // The event's texts are copied into `Event`; libyaml's own are freed here.
        defer { yaml_event_delete(&event) }
        return Event(event)
    }

    private func problem() -> YAMLError {
        let state = parser.pointee
        let texts = [state.context, state.problem].compactMap { $0.map { String(cString: $0) } }
        let reason = texts.isEmpty ? "the text cannot be read as YAML" : texts.joined(separator: ", ")
        guard state.error == YAML_SCANNER_ERROR || state.error == YAML_PARSER_ERROR else {
            return YAMLError(mark: nil, reason: reason)
        }
        return YAMLError(mark: YAMLMark(state.problem_mark), reason: reason)
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

    init(_ event: yaml_event_t) {
        mark = YAMLMark(event.start_mark)
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
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
