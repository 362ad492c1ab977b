/// The servers that an emperor starts for the files of a folder.
struct Vassals {
    struct Vassal {
        /// The file.
        var path: String
        var options: ConfigurationOptions
    }

    private(set) var vassals: [Vassal] = []
    /// Whether there may be others: the folder is not known, or is not one.
    private(set) var mayBeMore = false
    /// What is left of the budget.
    private(set) var budget: ConfigurationBudget

    /// More vassals than these are not read.
    private static let most = 256

    /// Reads a vassal's options as its own uWSGI does, which inherits the emperor's environment.
    ///
    /// - Parameters:
    ///   - emperor: the emperor's own options.
    ///   - environment: the variables that are options, by their option's name, in the environment's order.
    ///   - world: what the emperor sees; the vassals' working directory is their folder.
    ///
    /// A vassal that is an emperor itself is read, but not its vassals. Sources: `uwsgi_emperor_is_valid`,
    /// `uwsgi_imperial_monitor_directory` and `uwsgi_emperor_vassal_start` in core/emperor.c.
    init(
        of emperor: ConfigurationOptions, environment: [(name: String, value: String)],
        in world: ConfigurationWorld, budget: ConfigurationBudget = ConfigurationBudget()
    ) {
        self.budget = budget
        for option in emperor.applied where option.name == "emperor" {
            var folder = option.value ?? ""
            if folder.hasPrefix("dir://") { folder = String(folder.dropFirst(6)) }
            guard folder.isKnown, option.certainty == .certain, !folder.contains("://"),
                case .folder(let names, let isComplete) = world.file(world.resolved(Array(folder.utf8)))
            else {
                mayBeMore = true
                continue
            }
            if !isComplete { mayBeMore = true }
            var inside = world
            inside.workingDirectory = world.resolved(Array(folder.utf8))
            for name in names.sorted() where Self.isVassal(name, emperor) {
                guard vassals.count < Self.most, !self.budget.isExhausted else {
                    mayBeMore = true
                    return
                }
                var reader = Self.reader(name, emperor, environment, inside, self.budget)
                vassals.append(
                    Vassal(path: inside.resolved(Array(name.utf8)), options: reader.result()))
                self.budget = reader.budget
            }
        }
    }

    private static func isVassal(_ name: String, _ emperor: ConfigurationOptions) -> Bool {
        name.utf8.count < 255
            && (ConfigurationFormat(fileName: Array(name.utf8)) != nil || hasExtraExtension(name, emperor))
    }

    private static func hasExtraExtension(_ name: String, _ emperor: ConfigurationOptions) -> Bool {
        emperor.applied.contains { option in
            (option.name == "emperor-extra-extension" || option.name == "emperor-extra-ext")
                && option.value.map { Array(name.utf8).ends(with: $0) } == true
        }
    }

    /// The vassal's command line: what comes before, `--set`, the file, what comes behind.
    private static func reader(
        _ name: String, _ emperor: ConfigurationOptions, _ environment: [(name: String, value: String)],
        _ world: ConfigurationWorld, _ budget: ConfigurationBudget
    ) -> ConfigurationReader {
        var reader = ConfigurationReader(world, budget: budget)
        for (index, variable) in environment.enumerated() {
            reader.add(variable.name, value: variable.value, from: .given(index))
        }
        let pass = { (names: [String], option: String, reader: inout ConfigurationReader) in
            for given in emperor.applied where names.contains(given.name) {
                reader.add(
                    option, value: given.value, from: given.origin, isCertain: given.certainty == .certain)
            }
        }
        pass(["vassals-inherit-before"], "inherit", &reader)
        pass(["vassals-include-before"], "include", &reader)
        pass(["vassals-set", "vassal-set"], "set", &reader)
        let origin = OptionOrigin.file(path: world.resolved(Array(name.utf8)), line: 1)
        reader.add(option(name, emperor), value: name, from: origin)
        pass(["vassals-inherit"], "inherit", &reader)
        pass(["vassals-include"], "include", &reader)
        return reader
    }

    private static func option(_ name: String, _ emperor: ConfigurationOptions) -> String {
        if hasExtraExtension(name, emperor) { return "config" }
        return switch ConfigurationFormat(fileName: Array(name.utf8)) {
        case .ini: "ini"
        case .yaml: "yaml"
        case .json: "json"
        case .xml: "xml"
        case nil: "inherit"
        }
    }
}
