/// What detection needs to know of one of uWSGI's options.
struct UWSGIOption: Sendable, Hashable {
    /// Whether the option takes a value, as `getopt_long(3)` has it.
    enum Argument: Sendable, Hashable {
        case none
        case required
        case optional
    }

    /// What the option means for detection.
    enum Role: Sendable, Hashable {
        case other
        case maxFD
        /// `--set name=value`: an option or a placeholder.
        case set
        case setPlaceholder
        /// `--vassal-set name=value`: `--set` for every vassal.
        case vassalSet
        /// Reads options from somewhere that is not on the command line.
        case configuration
        /// uWSGI does something else and exits: no server starts.
        case helper
        case router(Router)
        case routerProcesses(Router)
        /// Sets a number of concurrent requests, each of which needs a descriptor.
        case concurrency
        case strict
    }

    /// The kinds of routers: all addresses of one kind share one set of processes.
    /// Source: plugins/corerouter/corerouter.c, `uwsgi_corerouter_init`.
    enum Router: String, Sendable, Hashable, CaseIterable {
        case http
        case fastrouter
        case rawrouter
        case sslrouter
        case forkptyrouter
    }

    var name: String
    var argument: Argument
    var role: Role
}

/// The options that uWSGI knows, looked up as `getopt_long(3)` does.
enum OptionTable {
    private static let byName: [String: UWSGIOption] = {
        var options: [String: UWSGIOption] = [:]
        options.reserveCapacity(1300)
        for line in OptionNames.table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2, let argument = argument(fields[1]) else { continue }
            let name = String(fields[0])
            options[name] = UWSGIOption(
                name: name, argument: argument, role: role(fields.count > 2 ? fields[2] : ""))
        }
        return options
    }()

    private static let sortedNames: [String] = byName.keys.sorted()

    private static let byLetter: [UInt8: UWSGIOption] = {
        var options: [UInt8: UWSGIOption] = [:]
        for (letter, name) in OptionNames.letters { options[letter] = byName[name] }
        return options
    }()

    private static func argument(_ field: Substring) -> UWSGIOption.Argument? {
        switch field {
        case "none": .some(.none)
        case "required": .required
        case "optional": .optional
        default: nil
        }
    }

    private static func role(_ field: Substring) -> UWSGIOption.Role {
        switch field {
        case "max-fd": return .maxFD
        case "set": return .set
        case "set-placeholder": return .setPlaceholder
        case "vassal-set": return .vassalSet
        case "configuration": return .configuration
        case "helper": return .helper
        case "async": return .concurrency
        case "strict": return .strict
        default: break
        }
        for router in UWSGIOption.Router.allCases {
            if field == router.rawValue { return .router(router) }
            if field == router.rawValue + "-processes" { return .routerProcesses(router) }
        }
        return .other
    }

    /// The options that read others from elsewhere.
    static let configurationNames: [String] = byName.values.filter { $0.role == .configuration }.map(\.name)

    /// An option by its exact name, as configuration files, `--set` and variables need it.
    static func exact(_ name: String) -> UWSGIOption? { byName[name] }

    /// An option by its name or by a beginning of it that fits no other, as a command line allows.
    static func abbreviated(_ name: String) -> UWSGIOption? {
        if let option = byName[name] { return option }
        guard !name.isEmpty, name.utf8.count <= 64 else { return nil }
        var low = 0
        var high = sortedNames.count
        while low < high {
            let middle = (low + high) / 2
            if sortedNames[middle] < name { low = middle + 1 } else { high = middle }
        }
        guard low < sortedNames.count, sortedNames[low].hasPrefix(name) else { return nil }
        if low + 1 < sortedNames.count, sortedNames[low + 1].hasPrefix(name) { return nil }
        return byName[sortedNames[low]]
    }

    static func letter(_ letter: UInt8) -> UWSGIOption? { byLetter[letter] }
}
