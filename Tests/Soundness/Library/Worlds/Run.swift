/// What came of one run of a script.
struct Run: Sendable, Equatable {
    /// A start of uWSGI.
    enum Start: Sendable, Equatable {
        /// Under a limit of its own, or of its shell's.
        case limited(Int)
        /// Under the limit that the container was given.
        case unlimited
        /// It ends at once, for an option that it does not know.
        case refused
    }

    /// Whether every process ended by itself.
    var hasEnded: Bool
    var starts: [Start]

    /// What the sandbox answers; see `sandbox.c` and `stand_in.c`.
    init?(_ answer: String) {
        let lines = answer.split(separator: "\n")
        guard let first = lines.first else { return nil }
        hasEnded = first == "ended"
        starts = []
        for line in lines.dropFirst() {
            switch line {
            case "unlimited": starts.append(.unlimited)
            case "refuses": starts.append(.refused)
            default:
                guard line.hasPrefix("limit "), let number = Int(line.dropFirst(6)) else { return nil }
                starts.append(.limited(number))
            }
        }
    }

    var isUnlimited: Bool { starts.contains(.unlimited) }
}
