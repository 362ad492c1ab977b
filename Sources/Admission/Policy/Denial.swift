/// What the author of a refused Pod is told: a sentence for each container, within a length that a terminal and the API
/// server's log bear. Of the containers beyond it the names are given, and of those beyond that how many there are.
struct Denial {
    /// In bytes.
    static let longestSentences = 16 << 10
    /// In bytes.
    static let longestNames = 8 << 10

    private var sentences = ""
    private var names = ""
    private var leftOut = 0

    mutating func add(_ message: FindingMessage) {
        if sentences.utf8.count < Self.longestSentences {
            if !sentences.isEmpty { sentences += "; " }
            sentences += message.denial
        } else if names.utf8.count < Self.longestNames {
            names += names.isEmpty ? "; the same goes for " : ", "
            names += "\"\(message.name)\""
        } else {
            leftOut += 1
        }
    }

    /// `nil` when no container is refused.
    var text: String? {
        if sentences.isEmpty { return nil }
        return "policy strict: " + sentences + names + (leftOut > 0 ? " and \(leftOut) more" : "")
    }
}
