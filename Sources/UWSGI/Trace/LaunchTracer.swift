import ShellSyntax

/// Follows a container's command line to the programs that it starts.
///
/// What is threaded through is a ``State``, a value; here is only what belongs to the detection as a whole: what it
/// may still spend, and a record of the uWSGI servers that were met.
final class LaunchTracer {
    /// A uWSGI server that some way starts, or may start.
    struct Server {
        var maxFD: MaxFD
        var evidence: String
        var details: Details
        /// How sure it is that the command is read so.
        var reach = Reach.expected
        /// Of servers that are equally badly off the first one is shown.
        var order = 0
    }

    let detector: Detector
    let container: ContainerVariables
    /// What is known beforehand, of files above all.
    var specification: ContainerSpecification {
        _read { yield container.specification }
    }
    var image: String { container.specification.image }
    /// Files that are known beforehand, but for the image's.
    var knownFiles: KnownFiles { specification.files }
    var budget: DetectionBudget

    /// Of several servers the one that is worst off.
    var worst: Server? {
        if readings.isEmpty { return worstOfOthers }
        return readings.values.reduce(worstOfOthers) { worst, server in
            guard let worst else { return server }
            let (old, new) = (worst.maxFD.severity, server.maxFD.severity)
            return new > old || new == old && server.order < worst.order ? server : worst
        }
    }

    private var worstOfOthers: Server?
    /// Servers of commands whose words may be read in several ways, by the command.
    private var readings: [Int: Server] = [:]
    private var nextCommand = 0
    private var serverCount = 0
    /// The first script met whose name speaks of uWSGI.
    private(set) var suggestiveScript: String?
    /// What follows an opaque program that the container starts directly.
    var opaqueArguments: ArraySlice<Argument> = []
    /// Whether a file of the image was read.
    private(set) var usesImage = false
    /// Paths that were asked for and are not known.
    private(set) var unreadPaths: [String] = []
    /// Paths of files that were read.
    private var readPaths: Set<String> = []
    /// Functions that are being followed: a shell within a shell has its own, also of the same name.
    var activeFunctions: [Scope.Function] = []
    /// The script that a shell reads from its input, which its programs do not read once more.
    var scriptOfInput: [String]?
    /// Whether a script runs something beside itself.
    var hasBackground = false
    /// Whether a script keeps something to run later: `trap`.
    var hasTraps = false
    /// How deep syntax, functions, and scripts in scripts nest where the tracer is.
    private(set) var depth = 0
    /// Whether a command line was left at an end of depth, steps or bytes.
    private(set) var isIncomplete = false

    /// Nesting of all kinds together: each level takes about 14 KiB of stack in a build for debugging.
    static let deepest = 24
    private static let mostUnreadPaths = 64

    init(_ container: ContainerVariables, detector: Detector, budget: DetectionBudget) {
        self.detector = detector
        self.container = container
        self.budget = budget
    }

    // MARK: Bounds

    /// Pays for one command.
    /// - Returns: whether there was enough left.
    func takeStep() -> Bool {
        if budget.takeStep() { return true }
        isIncomplete = true
        return false
    }

    /// Does something one level deeper, or nothing when that is too deep.
    func descend<Result>(_ body: () -> Result) -> Result? {
        guard depth < Self.deepest else {
            isIncomplete = true
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return body()
    }

    // MARK: Taking note

    /// Takes note of a server, with what a process finds in this state.
    func noteServer(_ program: Argument, _ options: consuming ServerOptions, in state: State) {
        budget.spend(options.stepsTaken)
        let start = start(with: options, in: state)
        record(program, start.maxFD(), start, in: state)
    }

    /// A server's start with these options.
    func start(with options: consuming ServerOptions, in state: State) -> ServerStart {
        let scope = state.scope
        let configuration = configuration(of: options, in: scope)
        return ServerStart(
            ceiling: detector.ceiling, scope: scope, options: options, configuration: configuration)
    }

    /// Takes note that uWSGI may be started, in a way that cannot be followed.
    /// - Parameter visible: the options that it has, if it is uWSGI.
    func notePossibleServer(
        _ program: Argument, _ visible: ServerOptions = ServerOptions(), in state: State
    ) {
        var options = visible
        options.hasUnknownWords = true
        let start = ServerStart(ceiling: detector.ceiling, scope: state.scope, options: options)
        var maxFD = start.maxFD()
        // What happens before its start cannot be seen either.
        if maxFD.isInForce { maxFD = MaxFD(state: .hidden, source: maxFD.source) }
        record(program, maxFD, start, in: state)
    }

    private func record(_ program: Argument, _ maxFD: MaxFD, _ start: ServerStart, in state: State) {
        var maxFD = maxFD
        var surer: Server?
        serverCount += 1
        var order = serverCount
        if let command = state.scope.manyWayedCommand {
            // One command, which starts one server: where its readings differ, its max-fd cannot be seen.
            if let other = readings[command] {
                // What only an unseen variable would set does not hide that none is set.
                if state.reach < other.reach, maxFD.isInForce || maxFD.state == .hidden,
                    !(other.maxFD.isInForce && state.scope.hasUnseenChanges)
                {
                    return
                }
                order = other.order
                if state.reach < other.reach { surer = other }
                if state.reach <= other.reach || !(other.maxFD.isInForce || other.maxFD.state == .hidden) {
                    maxFD = MaxFD.ofEither(maxFD, other.maxFD)
                }
            }
        } else if maxFD.severity <= worstOfOthers?.maxFD.severity ?? -1 {
            return
        }
        var server = Server(
            maxFD: maxFD, evidence: evidence(of: program), details: start.details(with: maxFD),
            reach: state.reach, order: order)
        if let surer { server.details = surer.details }
        if let command = state.scope.manyWayedCommand {
            readings[command] = server
        } else {
            worstOfOthers = server
        }
    }

    /// A number for a command whose words may be read in several ways.
    func numberCommand() -> Int {
        nextCommand += 1
        return nextCommand
    }

    private func evidence(of program: Argument) -> String {
        let name = program.text.lastPathComponent
        if ProgramNames.isUWSGI(program.text) { return Evidence.program(name, at: program.location) }
        let entry = container.entry(at: program.location)
        return Evidence.program(ShownValue.name(name, entry: entry), at: program.location)
    }

    /// Takes note of a program whose doings cannot be seen.
    func noteOpaque(_ program: Argument) {
        if suggestiveScript == nil, ScriptNames.suggestsUWSGI(program.text) {
            suggestiveScript = evidence(of: program)
        }
    }

    /// Takes note of text that cannot be followed any further: uWSGI may be started where the word stands in it.
    /// - Returns: the state after it.
    func giveUp(on source: some Collection<UInt8>, at location: ArgumentLocation, in state: State) -> State {
        var state = state
        state.lastPrograms = .opaque
        budget.spend(source.count)
        if UWSGIWord.occurs(in: source) { notePossibleServer(Argument("uwsgi", at: location), in: state) }
        state.scope.hasUnseenChanges = true
        return state
    }

    /// Marks the command line as not followed to its end.
    func stop() { isIncomplete = true }

    // MARK: Files

    /// What is known of a file: one that the command line made, or one that is known beforehand.
    /// - Returns: its texts, or `nil` when they are not known.
    func texts(ofFile path: String, in scope: Scope) -> [String]? {
        let full = scope.path(path)
        if case .text(let texts)? = scope.files[full] { return texts }
        guard path.isKnown else { return nil }
        switch file(at: full) {
        case .text(let text): return [TextMark.removing(from: text)]
        case .absent: return []
        case .unknown:
            noteUnread(full)
            return nil
        }
    }

    /// Whether any file is known beforehand.
    var knowsFiles: Bool {
        !knownFiles.isEmpty || !(specification.imageConfiguration?.files.isEmpty ?? true)
    }

    /// What is known beforehand of a file.
    /// - Parameter path: absolute; of others nothing is known.
    func file(at path: String) -> KnownFiles.Answer {
        guard knowsFiles else { return .unknown }
        let answer = specification.file(at: path)
        guard case .text(let text) = answer else { return answer }
        if specification.imageConfiguration != nil, knownFiles[path] == .unknown {
            // For an image's texts the budget is raised once, however many containers run from it.
            usesImage = true
        } else if readPaths.insert(path).inserted {
            budget.allow(fileBytes: text.utf8.count)
        }
        return answer
    }

    /// What is known beforehand of a folder.
    func folder(at path: String) -> KnownFiles.Listing {
        budget.spend(knownFiles.count + (specification.imageConfiguration?.files.count ?? 0))
        return specification.listing(of: path)
    }

    func noteUnread(_ path: String) {
        guard unreadPaths.count < Self.mostUnreadPaths, path.hasPrefix("/"), !unreadPaths.contains(path),
            // Without an image there is nothing to copy the container for.
            specification.imageConfiguration == nil || !specification.imageIsWithoutText(at: path)
        else { return }
        unreadPaths.append(path)
    }
}

extension LaunchTracer {
    /// Where a program's file lies: one without folder is looked for along `PATH`.
    /// - Returns: `nil` when it is in none of the folders, as far as their files are known.
    func path(ofProgram name: String, in scope: Scope) -> String? {
        guard !name.utf8.contains(UInt8(ascii: "/")), scope.files.isEmpty,
            specification.imageConfiguration != nil
        else { return name }
        let path = scope.texts(of: "PATH").first { $0.isKnown && !$0.isEmpty } ?? Self.usualPath
        for folder in path.split(separator: ":").prefix(Self.mostFolders) where folder.hasPrefix("/") {
            let path = "\(folder)/\(name)"
            if let texts = texts(ofFile: path, in: scope), !texts.isEmpty { return path }
        }
        return nil
    }

    /// What container runtimes set where nobody says otherwise.
    /// Source: moby, `oci/defaults.go`; containerd, `internal/cri/util`.
    static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    private static let mostFolders = 16
}

extension Scope {
    /// The name by which a file is known: absolute where the working directory is.
    func path(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        guard let directory else { return String(rest) }
        return directory.hasSuffix("/") ? directory + rest : "\(directory)/\(rest)"
    }
}
