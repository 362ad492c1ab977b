/// What the environment, the command line and the files of a uWSGI server come to together, where at least some file
/// is known.
final class MergedConfiguration {
    /// A server's options, and what detection makes of them.
    struct Reading {
        var options: ConfigurationOptions
        var summary: ConfigurationSummary
        /// The servers that an emperor starts for the files of a folder.
        var vassals: [ConfigurationSummary] = []
        /// Whether it may start others.
        var mayHaveMoreVassals = false
    }

    /// The command line.
    let given: [GivenOption]
    private let variables: [Scope.OptionVariable]
    private let world: ConfigurationWorld
    private let tracer: LaunchTracer
    /// What was read first: for reports, which say more than max-fd.
    private(set) var first: Reading?

    /// Says of an option that it comes from the environment; an index of ``given`` says that it comes from there.
    static let environment = OptionOrigin.given(-1)

    init(_ given: [GivenOption], _ scope: Scope, _ world: ConfigurationWorld, _ tracer: LaunchTracer) {
        self.given = given
        variables = scope.optionVariables()
        self.world = world
        self.tracer = tracer
        tracer.budget.spend(variables.count)
    }

    /// Reads everything in uWSGI's order.
    ///
    /// Nobody chooses the environment's order: a file that a variable names may come before the other variables, or
    /// after them.
    /// - Parameter carriers: the variables that can carry a max-fd, by one way.
    func read(_ carriers: [Scope.CarrierVariable]) -> [Reading] {
        let files = variables.filter { $0.option.role == .configuration }
        let others = variables.filter { $0.option.role != .configuration }
        let orders = files.isEmpty || others.isEmpty ? [others + files] : [others + files, files + others]
        let readings = orders.map { read($0, carriers) }
        if first == nil { first = readings.first }
        return readings
    }

    private func read(_ order: [Scope.OptionVariable], _ carriers: [Scope.CarrierVariable]) -> Reading {
        let budget = ConfigurationBudget(bytes: min(1 << 24, max(0, tracer.budget.steps)))
        var reader = ConfigurationReader(world, budget: budget)
        var environment: [(name: String, value: String)] = []
        for variable in order {
            for (value, isCertain) in values(of: variable, carriers) {
                reader.add(variable.option.name, value: value, from: Self.environment, isCertain: isCertain)
                environment.append((variable.option.name, value))
            }
        }
        for (index, word) in given.enumerated() {
            if case .option(let name) = word.kind {
                reader.add(name, value: word.value.map(Self.withUnknown), from: .given(index))
            } else if case .unknown = word.kind {
                reader.addUnknown(from: .given(index))
            }
        }
        for (index, word) in given.enumerated() {
            guard case .operand = word.kind, let name = word.value else { continue }
            reader.load(operand: Self.withUnknown(name), from: .given(index))
        }
        let options = reader.result()
        var reading = Reading(options: options, summary: ConfigurationSummary(options))
        var left = reader.budget
        if options.applied.contains(where: { $0.name == "emperor" }) {
            let vassals = Vassals(of: options, environment: environment, in: world, budget: left)
            reading.vassals = vassals.vassals.map { ConfigurationSummary($0.options) }
            reading.mayHaveMoreVassals = vassals.mayBeMore
            left = vassals.budget
        }
        tracer.budget.spend(budget.bytes - left.bytes + 16 * (budget.options - left.options))
        return reading
    }

    /// What the reader gets of a variable.
    private func values(
        of variable: Scope.OptionVariable, _ carriers: [Scope.CarrierVariable]
    ) -> [(String, isCertain: Bool)] {
        if EnvironmentNames.carrier(variable.name) != nil {
            guard let text = carriers.first(where: { $0.name == variable.name })?.value else { return [] }
            // One that ends uWSGI has to be mended in any case, and then there is more to read.
            let setting = ServerOptions.setting(text)
            let number = variable.option.role == .set ? setting?.value : text
            if let number, number.isKnown, MaxFDValue(reading: number).isFatal { return [] }
            guard variable.option.role != .set || setting != nil else { return [] }
            return [(Self.withUnknown(text), true)]
        }
        let isCertain = variable.contents.count == 1
        return variable.contents.compactMap { content in
            switch content {
            case .text(let text): (Self.withUnknown(text), isCertain)
            case .container, .array: (TextMark.nothingKnown, isCertain)
            case .unset: nil
            }
        }
    }

    /// Text as the reader marks what is unknown in it.
    private static func withUnknown(_ text: String) -> String {
        if text.isKnown { return text }
        return String(decoding: text.utf8.map { TextMark.isMark($0) ? 0 : $0 }, as: UTF8.self)
    }
}

extension TextMark {
    /// The mark of ``ConfigurationText``.
    fileprivate static let nothingKnown = "\0"
}
