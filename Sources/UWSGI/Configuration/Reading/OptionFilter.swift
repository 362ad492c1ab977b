/// The names that `blacklist` or `whitelist` gives, separated by blanks: `uwsgi_list_has_str` in core/utils.c.
struct OptionFilter {
    private var words: ConfigurationText?
    /// Whether it is certain that these are the names.
    private(set) var isCertain = true

    /// - Parameter words: `nil` when there is no list from now on.
    mutating func set(_ words: ConfigurationText?, isCertain: Bool) {
        self.words = words
        self.isCertain = isCertain && words?.isKnownText != false
    }

    /// Whether a name is among them, without regard to case; `nil` when there is no list.
    func contains(_ name: ConfigurationText) -> Bool? {
        guard let words else { return nil }
        let name = name.string.lowercased()
        return words.tokens(0x20).contains { $0.string.lowercased() == name }
    }
}
