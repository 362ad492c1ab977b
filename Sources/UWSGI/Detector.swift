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

    /// Examines one container, with a budget of its own.
    /// - Parameters:
    ///   - container: the container as its author wrote it.
    ///   - declaration: what its author says of it, by annotation.
    public func detect(
        _ container: ContainerSpecification, declaration: Declaration = .none
    ) -> Detection {
        var budget = DetectionBudget(reviewBytes: container.textBytes)
        return detect(container, declaration: declaration, budget: &budget)
    }

    /// Examines one container of a review.
    /// - Parameters:
    ///   - container: the container as its author wrote it.
    ///   - declaration: what its author says of it, by annotation.
    ///   - budget: what all containers of the review may still spend together.
    public func detect(
        _ container: ContainerSpecification, declaration: Declaration = .none, budget: inout DetectionBudget
    ) -> Detection {
        if declaration == .doesNotRunUWSGI { return .none }
        let (trace, tracer) = follow(container, budget: budget)
        budget = tracer.budget
        var detection: Detection
        if trace.ending?.servesForCertain ?? false, let server = tracer.worst, !tracer.isIncomplete {
            detection = Detection(
                certainty: .certain, evidence: [server.evidence], maxFD: server.maxFD, details: server.details
            )
        } else {
            detection = detectUnseen(container, trace, tracer, declaration)
        }
        detection.unreadPaths = tracer.unreadPaths
        if let image = container.imageConfiguration, container.command.isEmpty || tracer.usesImage {
            credit(image, for: &detection, of: container, budget: &budget)
        }
        return detection
    }

    /// Says that what was found rests on an image that was read before, and how sure that makes it.
    private func credit(
        _ image: ImageConfiguration, for detection: inout Detection, of container: ContainerSpecification,
        budget: inout DetectionBudget
    ) {
        guard detection.runsUWSGI else { return }
        detection.evidence = detection.evidence.prefix(Evidence.most - 1) + [image.evidence]
        guard !image.isExact, detection.certainty == .certain else { return }
        if !container.command.isEmpty {
            // Where the command line shows uWSGI by itself, the image has a say only in max-fd.
            var own = container
            own.imageConfiguration = nil
            if detect(own, budget: &budget).certainty == .certain { return }
        }
        // Tags move.
        detection.certainty = .likely
    }

    // MARK: The command line

    /// A container's command line, followed to its end.
    private struct Trace {
        var arguments: [Argument]
        /// Where it leads; `nil` without a command line.
        var ending: Ending?
        /// What a program finds that the command line starts.
        var start: State
        /// Whether there are only arguments for a program that the image names.
        var hasOnlyOptions: Bool

        /// Whether something may run that cannot be seen.
        var hidesProgram: Bool { ending.map { $0.lastPrograms.contains(.opaque) } ?? true }
    }

    private func follow(
        _ container: ContainerSpecification, budget: DetectionBudget
    ) -> (Trace, LaunchTracer) {
        let variables = ContainerVariables(container, expansionBudget: budget.expansionBytes)
        let arguments = Self.arguments(of: container, variables)
        let tracer = LaunchTracer(variables, detector: self, budget: budget)
        tracer.budget.spend(arguments.count + 1)
        var state = State(Scope(variables))
        if !container.workingDirectory.isEmpty {
            state.scope.directory = container.workingDirectory
        } else if let image = container.imageConfiguration {
            state.scope.directory = image.workingDirectory.isEmpty ? "/" : image.workingDirectory
        }
        let hasOnlyOptions = Self.hasOnlyOptions(container)
        var trace = Trace(arguments: arguments, start: state, hasOnlyOptions: hasOnlyOptions)
        if hasOnlyOptions {
            followOptions(arguments[...], in: state, tracer)
        } else if !arguments.isEmpty {
            var circumstances = LaunchTracer.Circumstances(isContainers: true)
            circumstances.hidesEntryPoint = container.command.isEmpty && container.imageConfiguration == nil
            trace.ending = Ending(tracer.follow(arguments[...], in: state, circumstances))
            if tracer.isIncomplete {
                for argument in arguments {
                    _ = tracer.giveUp(on: argument.text.utf8, at: argument.location, in: state)
                }
            }
        }
        tracer.budget.expansionBytes = variables.expansionBudget
        return (trace, tracer)
    }

    /// What the entry point of an image may do with arguments that begin like options: it may be a shell, or hand
    /// on what stands behind `--`.
    private func followOptions(_ arguments: ArraySlice<Argument>, in state: State, _ tracer: LaunchTracer) {
        let guess = LaunchTracer.Circumstances(isGuess: true)
        if let separator = arguments.firstIndex(where: { $0.text == "--" }) {
            _ = tracer.follow(arguments[(separator + 1)...], in: state, guess)
        }
        let options = arguments.prefix { $0.text.hasPrefix("-") }
        if options.last?.text.hasSuffix("c") ?? false, let script = arguments.dropFirst(options.count).first,
            UWSGIWord.occurs(in: script.text.utf8)
        {
            let shell = Argument("sh", at: script.location)
            _ = tracer.follow([shell] + arguments, in: state, guess)
        }
    }

    /// How much work a container's command line asks for; it is to be proportional to its length.
    func steps(_ container: ContainerSpecification) -> Int {
        let budget = DetectionBudget(reviewBytes: container.textBytes)
        return budget.steps - follow(container, budget: budget).1.budget.steps
    }

    /// The command and the arguments as the container will have them: `command` puts both ENTRYPOINT and CMD out of
    /// force, `args` CMD alone.
    /// Source: Kubernetes, `pkg/kubelet/kuberuntime/kuberuntime_container.go`, and containerd,
    /// `internal/cri/server/container_create.go`, `WithProcessArgs`.
    private static func arguments(
        of container: ContainerSpecification, _ variables: ContainerVariables
    ) -> [Argument] {
        var arguments: [Argument] = []
        arguments.reserveCapacity(container.command.count + container.arguments.count)
        func add(_ words: [String], of list: ArgumentLocation.List) {
            for (index, text) in words.enumerated() {
                arguments.append(
                    Argument(TextMark.removing(from: text), at: ArgumentLocation(list: list, index: index)))
            }
        }
        let image = container.command.isEmpty ? container.imageConfiguration : nil
        if let image { add(image.entrypoint, of: .imageEntrypoint) }
        for (index, text) in container.command.enumerated() {
            arguments.append(
                Argument(variables.expand(text), at: ArgumentLocation(list: .command, index: index)))
        }
        for (index, text) in container.arguments.enumerated() {
            arguments.append(
                Argument(variables.expand(text), at: ArgumentLocation(list: .arguments, index: index)))
        }
        if let image, container.arguments.isEmpty { add(image.command, of: .imageCommand) }
        return arguments
    }

    /// Whether the arguments are for a program that only the image names.
    private static func hasOnlyOptions(_ container: ContainerSpecification) -> Bool {
        guard container.command.isEmpty, container.imageConfiguration?.entrypoint.isEmpty ?? true,
            let first = container.arguments.first
        else { return false }
        return first.utf8.first == UInt8(ascii: "-") || ServerOptionsReader.isConfigurationFile(first)
    }

    // MARK: What cannot be seen

    /// What to make of a container whose command line does not show uWSGI for certain.
    private func detectUnseen(
        _ container: ContainerSpecification, _ trace: Trace, _ tracer: LaunchTracer,
        _ declaration: Declaration
    ) -> Detection {
        var evidence: [String] = []
        var isDeclared = false
        if declaration == .runsUWSGI {
            isDeclared = true
            evidence.append("annotation")
        }
        let mayRun = trace.hidesProgram || tracer.worst != nil
        if container.command.isEmpty, mayRun,
            let pattern = images.first(where: { $0.matches(container.image) })
        {
            isDeclared = true
            evidence.append("image pattern \(Evidence.quoted(pattern.pattern))")
        }
        if let server = tracer.worst { evidence.append(server.evidence) }
        let options = trace.hasOnlyOptions ? trace.arguments[...] : tracer.opaqueArguments
        if mayRun || declaration == .runsUWSGI {
            if let script = tracer.suggestiveScript, !evidence.contains(script) { evidence.append(script) }
            let hints = Hints.evidence(container, tracer.container, arguments: options)
            evidence = evidence.isEmpty ? hints : evidence + hints
        }
        guard !evidence.isEmpty, let server = tracer.worst ?? unseenServer(trace.start, options, tracer)
        else {
            return .none
        }
        if evidence.count > Evidence.most { evidence.removeLast(evidence.count - Evidence.most) }
        return Detection(
            certainty: isDeclared ? .declared : .likely, evidence: evidence, maxFD: server.maxFD,
            details: server.details)
    }

    /// A server of which only the environment, and perhaps options, can be seen.
    /// - Returns: `nil` when the options show that it does something else.
    private func unseenServer(
        _ state: State, _ words: ArraySlice<Argument>, _ tracer: LaunchTracer
    ) -> LaunchTracer.Server? {
        var options = Hints.mayBeOptions(words) ? ServerOptionsReader.read(words) : ServerOptions()
        if options.helper != nil { return nil }
        // The image's own command may hold further options.
        options.hasUnknownWords = true
        let start = tracer.start(with: options, in: state)
        let maxFD = start.maxFD()
        return LaunchTracer.Server(maxFD: maxFD, evidence: "", details: start.details(with: maxFD))
    }
}
