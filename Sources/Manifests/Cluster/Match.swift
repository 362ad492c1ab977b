/// Whether something that a webhook configuration asks for holds.
public enum Match: Sendable, Hashable {
    case yes
    /// What does not hold, as the configuration has it.
    case no(String)
    /// What cannot be evaluated here.
    case unknown(String)

    /// Whether all of them hold: one that does not outweighs those that are not known.
    static func all(_ matches: some Sequence<Match>) -> Match {
        var result = Match.yes
        for match in matches {
            switch match {
            case .yes: continue
            case .no: return match
            case .unknown: if result == .yes { result = match }
            }
        }
        return result
    }

    /// The same, of a part with a name.
    func named(_ part: String) -> Match {
        switch self {
        case .yes: .yes
        case .no(let reason): .no("\(part) \(reason)")
        case .unknown(let reason): .unknown("\(part) \(reason)")
        }
    }
}
