/// What one word of a uWSGI command line says, or an option with the word behind it, as ``ConfigurationReader`` needs it.
struct GivenOption {
    enum Kind {
        /// By its whole name.
        case option(String)
        case operand
        /// Words that are not known, and may be options.
        case unknown
    }

    var kind: Kind
    /// `nil` for an option without a value; with marks for what is unknown: see ``TextMark``.
    var value: String?
    var location: ArgumentLocation
}
