/// Where an option was given.
enum OptionOrigin: Sendable, Hashable {
    /// On the command line or in the environment: a number by which the caller finds the place again.
    case given(Int)
    /// In a file; lines count from 1.
    case file(path: String, line: Int)

    /// As reports name it: `/etc/uwsgi.ini:12`; `nil` where the caller knows the place.
    var description: String? {
        guard case .file(let path, let line) = self else { return nil }
        return "\(path):\(line)"
    }
}

/// One option with its value, as it stands in uWSGI's own list.
struct ConfigurationOption: Sendable, Hashable {
    enum Certainty: Sendable, Hashable {
        case certain
        /// It may be there or not: it depends on what is not known.
        case possible
        /// It may stand in the place of the option before it: builds of uWSGI differ in what they read.
        case alternative
    }

    /// The mark of ``Word`` alone when any option may stand here.
    var name: String
    /// `nil` for an option of the command line without a value; a mark stands for what is not known of it.
    var value: String?
    var origin: OptionOrigin
    var certainty: Certainty
    /// Whether a part of the value stands for a reference that was replaced, such as `$(NAME)`.
    var isReplaced = false

    var isUnknown: Bool { !name.isKnown }
}

/// Why uWSGI exits while it reads its configuration.
struct ConfigurationFailure: Sendable, Hashable {
    var reason: String
    var origin: OptionOrigin
    /// Whether it happens for certain.
    var isCertain: Bool
}
