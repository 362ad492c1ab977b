import Basics

/// Gathers what a report says of a uWSGI server beyond its max-fd.
struct DetailsReader {
    let start: ServerStart
    let maxFD: MaxFD

    private var scope: Scope {
        _read { yield start.scope }
    }
    private var options: ServerOptions {
        _read { yield start.options }
    }

    /// The most sentences and names that are shown.
    private static let most = 8

    func read() -> Details {
        let reading = start.configuration?.first
        var all = options
        var unknownNames: [String] = []
        var printing: [String] = []
        for concern in scope.container.concerns {
            let variable = scope.container.list[concern.index]
            guard scope.reaches(variable.name) else { continue }
            guard let option = concern.option else {
                if unknownNames.count < Self.most { unknownNames.append(variable.name) }
                continue
            }
            switch option.role {
            case .maxFD, .set, .setPlaceholder, .vassalSet, .other: break
            case .helper: if printing.count < Self.most { printing.append(variable.name) }
            default:
                if case .literal(let text) = variable.value {
                    all.apply(option, value: text, at: ArgumentLocation(list: .command, index: 0))
                } else {
                    all.apply(
                        option, value: TextMark.unknown, at: ArgumentLocation(list: .command, index: 0))
                }
            }
        }
        if let reading { return details(of: reading, unknownNames, printing) }
        return Details(
            routerProcesses: mayHaveMore(all) ? nil : all.routerProcessCount,
            routers: Array(all.routers.prefix(Self.most)),
            hazards: hazards(all, unknownNames: unknownNames, printing: printing))
    }

    /// What files say included.
    private func details(
        of reading: MergedConfiguration.Reading, _ unknownNames: [String], _ printing: [String]
    ) -> Details {
        let summaries = [reading.summary] + reading.vassals
        var routers: [String] = []
        var processes: Int? = reading.mayHaveMoreVassals || mayHaveUnreadOptions ? nil : 0
        for summary in summaries {
            for router in summary.routers where !routers.contains("--" + router.name) {
                routers.append("--" + router.name)
            }
            let count = summary.settledRouterProcesses
            processes = processes.flatMap { all in count.map { all + $0 } }
        }
        var all = options
        all.isStrict = reading.summary.isStrict
        all.concurrency = summaries.compactMap(\.concurrency).max { $0.count < $1.count }.map {
            ($0.option.name, $0.count)
        }
        var sentences = hazards(all, unknownNames: unknownNames, printing: printing)
        sentences += Hazards.ofFiles(reading, limitIsInForce: maxFD.isInForce)
        return Details(
            routerProcesses: processes, routers: Array(routers.prefix(Self.most)),
            hazards: Array(sentences.prefix(Self.most)))
    }

    private func mayHaveMore(_ options: ServerOptions) -> Bool {
        options.hasConfiguration || mayHaveUnreadOptions || !scope.configurationNames().isEmpty
    }

    private var mayHaveUnreadOptions: Bool {
        options.hasUnknownWords
            || scope.container.sourcesMayConcernUWSGI && !scope.isCleared
    }

    // MARK: Hazards

    private func hazards(_ options: ServerOptions, unknownNames: [String], printing: [String]) -> [String] {
        var sentences: [String] = []
        if let number = maxFD.number, let value = maxFD.value, !isPlain(value), number != 0 || !value.isEmpty
        {
            sentences.append(
                "uWSGI reads max-fd as a whole number and stops at the first other character: it reads "
                    + "\(number) here.")
        }
        if let concurrency = options.concurrency, let number = maxFD.number, number >= MaxFDValue.least,
            concurrency.count > number
        {
            sentences.append(
                "--\(concurrency.name) \(concurrency.count) asks for more than max-fd \(number) allows: uWSGI cuts "
                    + "it to max-fd.")
        }
        if options.isStrict, !unknownNames.isEmpty {
            let names = unknownNames.map(Evidence.quoted).joined(separator: ", ")
            let cure =
                unknownNames.contains(where: EnvironmentNames.isServiceLink)
                ? "; enableServiceLinks: false keeps those of services away." : "."
            sentences.append(
                "With --strict uWSGI exits because of variables that are not options: \(names)\(cure)")
        }
        if !printing.isEmpty {
            let names = printing.map(Evidence.quoted).joined(separator: ", ")
            sentences.append("uWSGI takes these variables for options that make it exit: \(names).")
        }
        if scope.reaches("UWSGI_EMPEROR"), scope.container.index(of: "UWSGI_EMPEROR") != nil {
            sentences.append(
                "UWSGI_EMPEROR is inherited by every vassal, which then becomes an emperor itself: give --emperor "
                    + "as an option instead.")
        }
        if options.vassalMaxFD != nil, options.maxFD.isEmpty, maxFD.state == .set {
            sentences.append(
                "--vassal-set limits the vassals only: the emperor itself keeps the node's limit.")
        }
        return Array(sentences.prefix(Self.most))
    }

    private func isPlain(_ value: String) -> Bool {
        value.isDecimalNumber || value.contains("(")
    }
}
