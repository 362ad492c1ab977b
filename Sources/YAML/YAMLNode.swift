/// One node of a YAML document (YAML 1.1, as libyaml reads it), with aliases resolved.
public indirect enum YAMLNode: Sendable {
    case scalar(YAMLScalarNode)
    case sequence([YAMLNode], YAMLMark)
    /// The pairs in the author's order; keys may be any node, and may come twice.
    case mapping([(key: YAMLNode, value: YAMLNode)], YAMLMark)

    /// Where it begins.
    public var mark: YAMLMark {
        switch self {
        case .scalar(let scalar): scalar.mark
        case .sequence(_, let mark), .mapping(_, let mark): mark
        }
    }
}

/// A scalar before anybody has decided what it is.
public struct YAMLScalarNode: Sendable, Hashable {
    public let text: String
    /// Whether it stands there without quotes and is not a block, so that it may be a number, a truth value or null.
    public let isPlain: Bool
    /// Whether the author wrote a tag, such as `!!str`.
    public let hasTag: Bool
    public let mark: YAMLMark

    public init(text: String, isPlain: Bool, hasTag: Bool, mark: YAMLMark) {
        self.text = text
        self.isPlain = isPlain
        self.hasTag = hasTag
        self.mark = mark
    }
}

/// A place in a text.
public struct YAMLMark: Sendable, Hashable {
    /// From 1.
    public let line: Int
    /// From 1, in characters.
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Why a text is not YAML.
public struct YAMLError: Error, Sendable, Hashable {
    /// Where, if a place is known.
    public let mark: YAMLMark?
    public let reason: String
    /// Whether it only shows at the end of the text: more text might be what is missing.
    public let isAtEnd: Bool
    /// What it goes beyond, where the text may be YAML all the same.
    public let limit: Limit?

    /// What is limited.
    public enum Limit: Sendable, Hashable {
        case depth
        case size
    }

    init(mark: YAMLMark?, reason: String, isAtEnd: Bool = false, limit: Limit? = nil) {
        self.mark = mark
        self.reason = reason
        self.isAtEnd = isAtEnd
        self.limit = limit
    }
}
