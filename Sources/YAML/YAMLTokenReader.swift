import CYAML

/// One of libyaml's tokens: what a document is made of, before anybody has asked whether they fit together.
public struct YAMLToken: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A scalar's text, up to a NUL in it.
        case scalar([UInt8])
        case key, value
        case blockMappingStart
        /// A sequence begins, in either style.
        case sequenceStart
        /// An element of a sequence begins, or, in the flow style, of a mapping.
        case entry
        /// A block ends, or a sequence in the flow style.
        case end
        case streamEnd
        case other
    }

    public let kind: Kind
    public let mark: YAMLMark
}

/// Reads a text as the tokens that libyaml's scanner makes of it.
public final class YAMLTokenReader {
    /// The deepest nesting that is worth reading: beyond it libyaml's work for a token grows with the depth.
    public static let maximumDepth = 256

    /// How many collections are open behind the last token.
    public private(set) var depth = 0
    private let input: LibYAMLInput

    /// - Parameter bytes: the text: UTF-8, or UTF-16 with a byte order mark.
    /// - Throws: ``YAMLError`` when memory is short.
    public init(_ bytes: [UInt8]) throws(YAMLError) {
        input = try LibYAMLInput(bytes)
    }

    /// The next token; the last is `streamEnd`, behind which nothing may be asked.
    /// - Throws: ``YAMLError``; after that nothing more can be read.
    public func next() throws(YAMLError) -> YAMLToken {
        var token = yaml_token_t()
        guard yaml_parser_scan(input.parser, &token) == 1 else {
            let state = input.parser.pointee
            throw YAMLError(
                mark: YAMLMark(
                    line: Int(state.problem_mark.line) + 1, column: Int(state.problem_mark.column) + 1),
                reason: state.problem.map { String(cString: $0) } ?? "the text cannot be read as YAML")
        }
        // The token's text is copied into `Kind`; libyaml's own is freed here.
        defer { yaml_token_delete(&token) }
        depth += Self.change(token.type)
        return YAMLToken(
            kind: Self.kind(token),
            mark: YAMLMark(line: Int(token.start_mark.line) + 1, column: Int(token.start_mark.column) + 1))
    }

    private static func change(_ type: yaml_token_type_t) -> Int {
        switch type {
        case YAML_BLOCK_MAPPING_START_TOKEN, YAML_BLOCK_SEQUENCE_START_TOKEN,
            YAML_FLOW_MAPPING_START_TOKEN, YAML_FLOW_SEQUENCE_START_TOKEN:
            1
        case YAML_BLOCK_END_TOKEN, YAML_FLOW_MAPPING_END_TOKEN, YAML_FLOW_SEQUENCE_END_TOKEN: -1
        default: 0
        }
    }

    private static func kind(_ token: yaml_token_t) -> YAMLToken.Kind {
        switch token.type {
        case YAML_STREAM_END_TOKEN: return .streamEnd
        case YAML_KEY_TOKEN: return .key
        case YAML_VALUE_TOKEN: return .value
        case YAML_BLOCK_MAPPING_START_TOKEN: return .blockMappingStart
        case YAML_FLOW_SEQUENCE_START_TOKEN, YAML_BLOCK_SEQUENCE_START_TOKEN: return .sequenceStart
        case YAML_FLOW_ENTRY_TOKEN, YAML_BLOCK_ENTRY_TOKEN: return .entry
        case YAML_BLOCK_END_TOKEN, YAML_FLOW_SEQUENCE_END_TOKEN: return .end
        case YAML_SCALAR_TOKEN:
            let scalar = token.data.scalar
            // libyaml owns the text until the token is deleted; it is copied here.
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(Array(text.prefix { $0 != 0 }))
        default: return .other
        }
    }
}
