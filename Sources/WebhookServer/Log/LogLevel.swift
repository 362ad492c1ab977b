/// How much an operational line matters. The audit lines do not depend on it: each review has one.
public enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    case debug, info, warning, error

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// The shape of the lines on standard output.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// One readable line, for a terminal.
    case text
}
