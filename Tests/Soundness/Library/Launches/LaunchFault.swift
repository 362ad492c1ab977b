import UWSGI

/// A way in which detection is wrong about a ``LaunchCase``.
public enum LaunchFault: String, Sendable, CaseIterable {
    /// uWSGI starts, and nothing is found: every policy admits it.
    case missed
    /// uWSGI starts under the node's limit, and is called limited: every policy admits it.
    case wronglySet = "wrongly set"
    /// Nothing starts, and detection is certain that uWSGI does: no annotation exempts it.
    case falselyCertain = "falsely certain"
    /// Nothing starts and nothing suggests it; found all the same, where it was not found before.
    case falselyFound = "falsely found"
    /// uWSGI starts under the node's limit, which is plain to see, and is called hidden.
    case falselyHidden = "falsely hidden"
    /// uWSGI starts under a limit that can be seen, and is called unlimited.
    case limitNotSeen = "limit not seen"
    /// uWSGI starts under another limit than the one found.
    case otherLimit = "other limit"

    /// What is wrong about `detection`, if anything is.
    public init?(_ detection: Detection, of example: LaunchCase) {
        guard example.startsUWSGI else {
            if detection.certainty == .certain {
                self = .falselyCertain
            } else if detection.runsUWSGI, example.kind == LaunchCase.rightToday {
                self = .falselyFound
            } else {
                return nil
            }
            return
        }
        guard detection.runsUWSGI else {
            self = .missed
            return
        }
        let found = detection.maxFD
        switch (found.state, example.maxFD) {
        case (.set, nil), (.excessive, nil): self = .wronglySet
        case (.hidden, nil) where example.kind == LaunchCase.rightToday: self = .falselyHidden
        case (.unset, .some), (.ineffective, .some): self = .limitNotSeen
        case (_, let limit?):
            guard let number = found.number, number != limit else { return nil }
            self = .otherLimit
        case (_, nil): return nil
        }
    }
}

extension LaunchCase {
    /// The class of those cases about which detection was right when they were recorded.
    public static let rightToday = "right-today"

    /// What detection should say, in the words of ``verdict(_:)``.
    public var expectation: String {
        guard startsUWSGI else { return "not certain" }
        return maxFD.map { "found, max-fd \($0)" } ?? "found, not set"
    }

    /// What detection says, in a few words.
    public static func verdict(_ detection: Detection) -> String {
        guard let certainty = detection.certainty else { return "none" }
        let number = detection.maxFD.number.map { " \($0)" } ?? ""
        return "\(certainty.rawValue), \(detection.maxFD.state.rawValue)\(number)"
    }
}
