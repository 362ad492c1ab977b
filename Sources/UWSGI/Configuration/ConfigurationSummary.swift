/// What a configuration comes to for detection and reports.
struct ConfigurationSummary: Sendable, Hashable {
    /// A value that max-fd may have.
    struct MaxFD: Sendable, Hashable {
        /// What uWSGI makes of it; `nil` when it cannot be known.
        var number: Int?
        /// The text, with everything replaced.
        var text: String
        var origin: OptionOrigin
        /// Whether a part of the text stands for a reference that was replaced.
        var isReplaced = false
        /// Whether it stands for whatever a file that is not known may say.
        var isUnread = false
    }

    struct Hazard: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// It asks for more concurrent requests than max-fd allows, to which uWSGI cuts it.
            case concurrencyAboveMaxFD
            /// Each run of it closes every descriptor up to the limit.
            case cron
            /// Each start of it closes every descriptor up to the limit.
            case daemon
            /// It starts other servers, whose files are read with ``Vassals``.
            case emperor
        }

        var kind: Kind
        var option: ConfigurationOption
    }

    /// More values than these are kept as one that cannot be known.
    private static let most = 8

    /// The values of which one is in force. More than one when it depends on what is not known.
    private(set) var maxFD: [MaxFD] = []
    /// Whether there may be none in force.
    private(set) var maxFDMayBeUnset = true
    /// Values that uWSGI takes as no request, and that take back what was asked for before them.
    private(set) var ineffective: [MaxFD] = []
    /// The options that start routers, once each.
    private(set) var routers: [ConfigurationOption] = []
    /// How many processes each kind of router has; `nil` where the number is not known.
    private(set) var routerProcesses: [UWSGIOption.Router: Int?] = [:]
    private(set) var hazards: [Hazard] = []
    /// What makes uWSGI do something else than serve, such as `help`.
    private(set) var helper: ConfigurationOption?
    /// Whether everything could be read: what is not named here is not there.
    private(set) var isComplete: Bool
    /// Whether uWSGI exits for certain over what it reads.
    private(set) var exits: Bool
    private(set) var isStrict = false
    /// The option that asks for the most concurrent requests.
    private(set) var concurrency: Concurrency?

    private var processes: [UWSGIOption.Router: Int?] = [:]

    /// The number in force, when it is known for certain.
    var settledMaxFD: Int? {
        guard !maxFDMayBeUnset, let number = maxFD.first?.number else { return nil }
        return maxFD.allSatisfy { $0.number == number } ? number : nil
    }

    struct Concurrency: Sendable, Hashable {
        var option: ConfigurationOption
        var count: Int
    }

    init(_ options: ConfigurationOptions) {
        isComplete = options.isComplete
        exits = options.failures.contains(where: \.isCertain)
        for option in options.applied { take(option) }
        // What is not known may inherit another file, which is read when everything else has been applied.
        if let unknown = options.applied.first(where: \.isUnknown) { addUnread(unknown.origin) }
        if options.isExhausted {
            addUnread(options.options.last?.origin ?? .given(0))
        }
        for router in Set(routers.compactMap(Self.router)) {
            routerProcesses[router] = (processes[router] ?? 1).map { min(64, max(1, $0)) }
        }
        if let concurrency, maxFD.contains(where: { $0.number.map { $0 < concurrency.count } ?? false }) {
            hazards.append(Hazard(kind: .concurrencyAboveMaxFD, option: concurrency.option))
        }
    }

    /// How many router processes it starts; `nil` where that is not known.
    var settledRouterProcesses: Int? {
        guard isComplete, routers.allSatisfy({ $0.certainty == .certain }) else { return nil }
        return routerProcesses.values.reduce(0) { sum, count -> Int? in
            sum.flatMap { sum in count.map { sum + $0 } }
        }
    }

    private static func router(_ option: ConfigurationOption) -> UWSGIOption.Router? {
        guard case .router(let router)? = OptionTable.exact(option.name)?.role else { return nil }
        return router
    }

    private mutating func take(_ option: ConfigurationOption) {
        if option.isUnknown {
            addUnread(option.origin)
            return
        }
        let number = option.value.flatMap { $0.isKnown ? MaxFDValue(reading: $0).number : nil }
        switch OptionTable.exact(option.name)?.role {
        case .maxFD?: takeMaxFD(option, number)
        case .router?:
            if routers.count < 64, !routers.contains(where: { $0.name == option.name }) {
                routers.append(option)
            }
        case .routerProcesses(let router)?:
            processes[router] = .some(option.certainty == .certain ? number : nil)
        case .concurrency?:
            if let number, number > concurrency?.count ?? 1 {
                concurrency = Concurrency(option: option, count: number)
            }
        case .strict?: isStrict = true
        case .helper? where option.certainty == .certain: helper = helper ?? option
        default: takeHazard(option)
        }
    }

    private mutating func takeMaxFD(_ option: ConfigurationOption, _ number: Int?) {
        let value = MaxFD(
            number: number, text: option.value ?? "", origin: option.origin, isReplaced: option.isReplaced)
        guard option.certainty == .certain else {
            guard number == 0 else { return addPossible(value) }
            maxFDMayBeUnset = true
            if ineffective.count < Self.most { ineffective.append(value) }
            return
        }
        // 0 takes back what was asked for before.
        maxFD = number == 0 ? [] : [value]
        maxFDMayBeUnset = number == 0
        ineffective = number == 0 ? [value] : []
    }

    private mutating func addUnread(_ origin: OptionOrigin) {
        addPossible(MaxFD(number: nil, text: "", origin: origin, isUnread: true))
    }

    private mutating func addPossible(_ value: MaxFD) {
        guard !maxFD.contains(value) else { return }
        if maxFD.count < Self.most {
            maxFD.append(value)
        } else {
            maxFD[Self.most - 1] = MaxFD(number: nil, text: "", origin: value.origin)
        }
    }

    private mutating func takeHazard(_ option: ConfigurationOption) {
        guard let kind = Self.hazard(option.name), hazards.count < 64 else { return }
        hazards.append(Hazard(kind: kind, option: option))
    }

    /// Options behind which a child closes every descriptor up to the limit: core/daemons.c, core/cron.c.
    private static func hazard(_ name: String) -> Hazard.Kind? {
        switch name {
        case "cron", "cron2", "unique-cron", "legion-cron", "cron-legion", "unique-legion-cron",
            "unique-cron-legion":
            .cron
        case "attach-daemon", "attach-daemon2", "attach-control-daemon", "smart-attach-daemon",
            "smart-attach-daemon2", "legion-attach-daemon", "legion-smart-attach-daemon",
            "legion-smart-attach-daemon2":
            .daemon
        case "emperor": .emperor
        default: nil
        }
    }
}
