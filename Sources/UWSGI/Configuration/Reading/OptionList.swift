/// uWSGI's list of options (`uwsgi.exported_opts`), in the order in which they were read.
struct OptionList {
    struct Entry {
        let name: ConfigurationText
        var value: ConfigurationText?
        let origin: OptionOrigin
        let certainty: ConfigurationOption.Certainty
        /// Whether uWSGI is done with it: it was applied at once, or is a mere placeholder.
        var isConfigured = false
        /// Whether references in its value were replaced.
        var isReplaced = false
    }

    /// What `uwsgi_get_exported_opt` gives for a name: the first option's value, whatever comes later.
    enum Lookup: Equatable {
        case value(ConfigurationText)
        /// There is no such option, or one without a value.
        case absent
        case unknown
    }

    private(set) var entries: [Entry] = []
    private var firstByName: [ConfigurationText: Int] = [:]
    private var firstUnknown: Int?

    mutating func append(_ entry: Entry) {
        if !entry.name.isKnownText {
            if firstUnknown == nil { firstUnknown = entries.count }
        } else if firstByName[entry.name] == nil {
            firstByName[entry.name] = entries.count
        }
        entries.append(entry)
    }

    mutating func setValue(_ value: ConfigurationText, at index: Int) {
        if entries[index].value != value { entries[index].isReplaced = true }
        entries[index].value = value
    }

    mutating func setConfigured(at index: Int) { entries[index].isConfigured = true }

    func first(_ name: ConfigurationText) -> Lookup {
        guard let index = firstByName[name] else { return firstUnknown == nil ? .absent : .unknown }
        if let firstUnknown, firstUnknown < index { return .unknown }
        guard entries[index].certainty == .certain else { return .unknown }
        if index + 1 < entries.count, entries[index + 1].certainty == .alternative { return .unknown }
        return entries[index].value.map(Lookup.value) ?? .absent
    }
}
