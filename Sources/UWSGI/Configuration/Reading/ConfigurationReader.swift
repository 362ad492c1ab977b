/// Reads options as uWSGI does, with every file that they name: values in, values out.
///
/// Feed it what uWSGI gets, in uWSGI's order, then take the ``result()``:
/// 1. ``add(_:value:from:)`` for each variable of the environment that is an option (``EnvironmentNames/option(_:)``),
///    in the environment's order;
/// 2. `add` for each option of the command line, from left to right, whose `--ini` and the like are read at their place;
/// 3. ``load(operand:from:)`` for each operand, from left to right.
///
/// uWSGI lists all these in one list, in which `%(name)` means the first option of that name; then it replaces
/// `$(VARIABLE)`, `@(file)` and `%(placeholder)` in the values, in this order; and then it applies them one after the
/// other, so that the last one counts. What it applies at once, while it lists, sees values in which nothing is
/// replaced: other files' names, `if`s, `set`.
///
/// What a file that is not known may say is kept as any option at its place. It is taken to close its own `if`s, and
/// to declare, forbid and inject nothing for the files behind it. Source: `uwsgi_setup` in core/uwsgi.c, core/config.c, core/init.c.
struct ConfigurationReader {
    let world: ConfigurationWorld
    let build: UWSGIBuild
    var budget: ConfigurationBudget
    var list = OptionList()
    var magic: MagicVariables
    var logic: OptionLogic?
    /// Whether an `if` or `for` is letting an option through: what that leads to is not asked again.
    var isLogicRunning = false
    /// Whether what is read now is read for certain.
    var isCertain = true
    var isStrict = false
    var denied = OptionFilter()
    var allowed = OptionFilter()
    var before: [ConfigurationText] = []
    var after: [ConfigurationText] = []
    /// The ini file that was opened last: what `:section` means.
    var lastFile: ConfigurationText?
    var customOptions: [CustomOption] = []
    /// Variables that options have set, with marks for what is not known of them.
    var variables: [ConfigurationText: ConfigurationText] = [:]
    /// Whether a folder of variables was read that is not known.
    var hasUnknownVariables = false
    var depth = 0
    var applied: [ConfigurationOption] = []
    var failures: [ConfigurationFailure] = []
    var unreadFiles: [String] = []
    /// Whether uWSGI has exited for certain.
    var hasEnded = false

    init(
        _ world: ConfigurationWorld, build: UWSGIBuild = UWSGIBuild(),
        budget: ConfigurationBudget = ConfigurationBudget()
    ) {
        self.world = world
        self.build = build
        self.budget = budget
        magic = MagicVariables(world)
    }

    /// An option of the environment or the command line.
    /// - Parameters:
    ///   - name: its whole name, without dashes.
    ///   - value: with marks for what is not known of it; `nil` when there is none.
    ///   - isCertain: whether it is there for certain.
    mutating func add(_ name: String, value: String?, from origin: OptionOrigin, isCertain: Bool = true) {
        let outer = self.isCertain
        self.isCertain = isCertain
        add(Array(name.utf8), value.map { Array($0.utf8) }, origin)
        self.isCertain = outer
    }

    /// Takes note that there may be any options here.
    mutating func addUnknown(from origin: OptionOrigin) {
        guard !hasEnded, budget.spendOption() else { return }
        list.append(
            OptionList.Entry(name: .unknown, value: .unknown, origin: origin, certainty: .possible))
    }

    /// A word of the command line that is not an option: uWSGI takes it for a file, and exits when it cannot tell its
    /// format, unless it begins with a bracket.
    mutating func load(operand: String, from origin: OptionOrigin) {
        let text = Array(operand.utf8)
        guard text.first != UInt8(ascii: "[") else { return }
        load(text, byName: true, origin)
    }

    /// Everything that uWSGI would have in force, and where it comes from.
    mutating func result() -> ConfigurationOptions {
        if !hasEnded { replaceReferences() }
        if !hasEnded { applyAll() }
        let options = list.entries.map { entry in
            ConfigurationOption(
                name: entry.name.string, value: entry.value?.string, origin: entry.origin,
                certainty: entry.certainty)
        }
        return ConfigurationOptions(
            options: options, applied: applied, failures: failures, unreadFiles: unreadFiles,
            isExhausted: budget.isExhausted)
    }

    // MARK: Failures

    /// uWSGI exits.
    mutating func fail(_ reason: String, _ origin: OptionOrigin, isCertain certain: Bool = true) {
        let certain = isCertain && certain
        guard !hasEnded, certain || failures.count < 63 else { return }
        failures.append(ConfigurationFailure(reason: reason, origin: origin, isCertain: certain))
        hasEnded = certain
    }

    mutating func noteUnread(_ path: String) {
        if unreadFiles.count < 64, !unreadFiles.contains(path) { unreadFiles.append(path) }
    }
}
