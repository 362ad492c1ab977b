/// Tells whether a container runs a uWSGI server, and with which max-fd.
///
/// A pure function of its input and the settings below.
public struct Detector: Sendable {
    /// An explicit max-fd above this is called excessive. In file descriptors.
    public var ceiling: Int
    /// Images that run uWSGI when the container has no command of its own.
    public var images: [ImagePattern]

    public init(ceiling: Int = 1_048_576, images: [ImagePattern] = []) {
        self.ceiling = ceiling
        self.images = images
    }

    /// Examines one container that is reviewed by itself.
    /// - Parameters:
    ///   - container: the container as its author wrote it.
    ///   - declaration: what its author says of it besides.
    public func detect(
        _ container: ContainerSpecification, declaration: Declaration = .none
    ) -> Detection {
        var budget = DetectionBudget(reviewBytes: container.textBytes)
        return detect(container, declaration: declaration, budget: &budget)
    }

    /// Examines one container.
    /// - Parameters:
    ///   - container: the container as its author wrote it.
    ///   - declaration: what its author says of it besides.
    ///   - budget: what the whole review may still spend. Where it does not suffice, what is left is unknown, and
    ///     after its deadline the answer means nothing.
    public func detect(
        _ container: ContainerSpecification, declaration: Declaration = .none, budget: inout DetectionBudget
    ) -> Detection {
        if declaration == .doesNotRunUWSGI { return .none }
        let (examination, words, hasOnlyOptions) = examine(container, &budget)
        if examination.confidence == .certain, let server = examination.worst {
            return Detection(
                certainty: .certain, evidence: [server.evidence], maxFD: server.maxFD, details: server.details
            )
        }
        let options = hasOnlyOptions ? words[...] : examination.opaqueArguments
        return detectUnseen(container, examination, options: options, declaration)
    }

    /// Follows the command line of a container.
    private func examine(
        _ container: ContainerSpecification, _ budget: inout DetectionBudget
    ) -> (examination: Examination, words: [Word], hasOnlyOptions: Bool) {
        let variables = ContainerVariables(container, expansionBudget: budget.expansionBytes)
        let words = Self.words(of: container, variables)
        var examination = Examination(
            ceiling: ceiling, variables: variables, budget: budget, hidesEntryPoint: container.command.isEmpty
        )
        _ = examination.takeStep()
        let hasOnlyOptions = Self.hasOnlyOptions(container)
        if !words.isEmpty, !hasOnlyOptions {
            examination.run(words[...], confidence: .certain, depth: 0, inShell: false)
        } else {
            examination.lastProgram = .opaque
        }
        examination.finish(words)
        budget = examination.budget
        budget.expansionBytes = variables.expansionBudget
        return (examination, words, hasOnlyOptions)
    }

    /// How much work a container's command line asks for; it is to be proportional to its length.
    func steps(_ container: ContainerSpecification) -> Int {
        var budget = DetectionBudget(reviewBytes: container.textBytes)
        let before = budget.steps
        _ = examine(container, &budget)
        return before - budget.steps
    }

    /// What to make of a container whose command line does not show uWSGI for certain.
    private func detectUnseen(
        _ container: ContainerSpecification, _ examination: Examination, options: ArraySlice<Word>,
        _ declaration: Declaration
    ) -> Detection {
        var evidence: [String] = []
        var isDeclared = false
        if declaration == .runsUWSGI {
            isDeclared = true
            evidence.append("annotation")
        }
        if container.command.isEmpty, examination.lastProgram == .opaque || examination.worst != nil,
            let pattern = images.first(where: { $0.matches(container.image) })
        {
            isDeclared = true
            evidence.append("image pattern \(Evidence.quoted(pattern.pattern))")
        }
        if let server = examination.worst { evidence.append(server.evidence) }
        if examination.lastProgram == .opaque || examination.worst != nil
            || examination.unexaminedText != nil || declaration == .runsUWSGI
        {
            if let script = examination.suggestiveScript { evidence.append(script) }
            if let text = examination.unexaminedText { evidence.append(text) }
            evidence += Hints.evidence(container, arguments: options)
        }
        guard !evidence.isEmpty else { return .none }
        let server = examination.worst ?? unseenServer(examination, options)
        guard let server else { return .none }
        return Detection(
            certainty: isDeclared ? .declared : .likely, evidence: Array(evidence.prefix(Evidence.most)),
            maxFD: server.maxFD, details: server.details)
    }

    /// A server of which only the environment, and perhaps options, can be seen.
    /// - Returns: `nil` when the options show that it does something else.
    private func unseenServer(_ examination: Examination, _ words: ArraySlice<Word>) -> Examination.Server? {
        var options = Hints.mayBeOptions(words) ? ServerOptionsReader.read(words) : ServerOptions()
        if options.helper != nil { return nil }
        // The image's own command may hold further options.
        options.hasUnknownWords = true
        let maxFD = MaxFDResolution(
            ceiling: ceiling, environment: examination.environment, options: options
        ).resolve()
        let details = DetailsReader(environment: examination.environment, options: options, maxFD: maxFD)
            .read()
        return Examination.Server(maxFD: maxFD, evidence: "", details: details)
    }

    // MARK: The command line

    /// The command and the arguments as the container will have them.
    private static func words(of container: ContainerSpecification, _ variables: ContainerVariables) -> [Word]
    {
        var words: [Word] = []
        words.reserveCapacity(container.command.count + container.arguments.count)
        for (index, text) in container.command.enumerated() {
            words.append(Word(variables.expand(text), at: Place(list: .command, index: index)))
        }
        for (index, text) in container.arguments.enumerated() {
            words.append(Word(variables.expand(text), at: Place(list: .arguments, index: index)))
        }
        return words
    }

    /// Whether the arguments are for a program that only the image names.
    private static func hasOnlyOptions(_ container: ContainerSpecification) -> Bool {
        guard container.command.isEmpty, let first = container.arguments.first else { return false }
        return first.utf8.first == UInt8(ascii: "-") || ServerOptionsReader.isConfigurationFile(first)
    }
}
