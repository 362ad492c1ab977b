/// The part of a uWSGI command line that detection needs.
struct ServerOptions {
    /// One way in which the command line gives max-fd.
    struct Assignment {
        /// What stands after `--max-fd`, with marks for what is unknown.
        var text: String
        var location: ArgumentLocation
        /// How many options came before it: `%(name)` in it can mean only those.
        var position: Int
        /// The innermost `--if-…` around it.
        var condition: Condition?
    }

    /// `--if-env NAME` and its like, up to `--end-if`.
    struct Condition: Hashable {
        /// Such as `if-env`.
        var name: String
        var value: String
    }

    private var condition: Condition?

    /// Values of options and placeholders, in order: what `%(name)` can mean.
    var exported: [(name: String, value: String)] = []
    var maxFD: [Assignment] = []
    /// What an emperor gives to its vassals.
    var vassalMaxFD: Assignment?
    /// An option that does something else than starting a server.
    var helper: String?
    /// Whether options are read from somewhere else.
    var hasConfiguration = false
    /// Where they are read from: the values of `--ini` and its like, and operands.
    var configurationNames: [String] = []
    /// The command line that they were read from.
    var words: ArraySlice<Argument> = []
    /// All words, for ``ConfigurationReader``; `nil` where nobody asked.
    var given: [GivenOption]?
    /// Whether there are words that cannot be seen.
    var hasUnknownWords = false
    /// Whether words that cannot be seen may be options.
    var hasUnreadWords = false
    /// Options that start routers, as written in the table.
    var routers: [String] = []
    var routerKinds: Set<UWSGIOption.Router> = []
    var routerProcesses: [UWSGIOption.Router: Int] = [:]
    /// The largest visible number of concurrent requests, and the option that sets it.
    var concurrency: (name: String, count: Int)?
    var isStrict = false
    /// Words that are not an option uWSGI knows.
    var hasUnknownOptions = false
    /// Names that were written out in full behind two dashes.
    var longNames: [String] = []
    /// Whether a value looks like an option: then the words are hardly meant for uWSGI.
    var hasOddValues = false
    /// What reading them took, in bytes.
    var stepsTaken = 0
    /// Whether an option was recognised.
    var hasOptions = false

    /// Takes note of one option of the command line.
    mutating func take(_ option: UWSGIOption, value: String?, at location: ArgumentLocation) {
        given?.append(GivenOption(kind: .option(option.name), value: value, location: location))
        apply(option, value: value ?? "", at: location)
    }

    /// Takes note of one option; `set` and the like lead here as well.
    mutating func apply(_ option: UWSGIOption, value: String, at location: ArgumentLocation) {
        hasOptions = true
        switch option.role {
        case .other: noteCondition(option.name, value)
        case .maxFD:
            maxFD.append(
                Assignment(text: value, location: location, position: exported.count, condition: condition))
        case .set:
            applySetting(value, at: location)
            return
        case .setPlaceholder:
            if let (name, value) = Self.setting(value) { exported.append((name, value)) }
            return
        case .vassalSet:
            if let (name, value) = Self.setting(value), name == "max-fd" {
                vassalMaxFD = Assignment(text: value, location: location, position: exported.count)
            }
        case .configuration:
            hasConfiguration = true
            configurationNames.append(value)
        case .helper: if helper == nil { helper = option.name }
        case .router(let kind):
            routerKinds.insert(kind)
            let spelled = "--" + option.name
            if !routers.contains(spelled) { routers.append(spelled) }
        case .routerProcesses(let kind):
            if value.isKnown { routerProcesses[kind] = MaxFDValue(reading: value).number }
        case .concurrency:
            let count = MaxFDValue(reading: value).number
            if value.isKnown, count > concurrency?.count ?? 0 { concurrency = (option.name, count) }
        case .strict: isStrict = true
        }
        exported.append((option.name, value))
    }

    /// Source: `uwsgi_opt_logic` in core/config.c.
    private mutating func noteCondition(_ name: String, _ value: String) {
        if name == "endif" || name == "end-if" { condition = nil }
        if name.hasPrefix("if-") { condition = Condition(name: name, value: value) }
    }

    private mutating func applySetting(_ text: String, at location: ArgumentLocation) {
        guard let (name, value) = Self.setting(text) else {
            if text.hasUnknown { hasUnreadWords = true }
            if !text.isKnown { hasUnknownWords = true }
            return
        }
        if let option = OptionTable.exact(name), option.role != .set {
            apply(option, value: value, at: location)
        } else {
            exported.append((name, value))
        }
    }

    /// Splits `name=value`.
    static func setting(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(text[..<equals])
        guard name.isKnown else { return nil }
        return (name, String(text[text.utf8.index(after: equals)...]))
    }

    /// How many router processes the visible options start.
    var routerProcessCount: Int {
        routerKinds.reduce(0) { sum, kind in
            sum + min(RouterTable.mostProcesses, max(1, routerProcesses[kind] ?? 1))
        }
    }
}
