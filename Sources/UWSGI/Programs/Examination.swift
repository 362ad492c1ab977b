/// Follows a command line to the programs that it starts, through shells and wrappers, and takes note of every
/// uWSGI server on the way.
struct Examination {
    /// How sure it is that something runs at all.
    enum Confidence: Sendable, Hashable {
        /// Nothing that cannot be seen decides on it.
        case certain
        /// A variable or a program that cannot be seen decides.
        case possible
    }

    /// What the last program met was.
    enum Program: Sendable, Hashable {
        case none
        case server
        /// Visible, and no uWSGI.
        case other
        /// Its doings cannot be seen.
        case opaque
    }

    /// A uWSGI server that was met.
    struct Server {
        var maxFD: MaxFD
        var evidence: String
        var details: Details
    }

    /// Shells within shells: more are not followed.
    static let deepestShell = 8
    /// Wrappers before one program: more are not taken off.
    static let mostWrappers = 64

    /// Unknown programs that hand a command line on: more are not followed.
    static let mostPassThroughs = 6
    /// Commands within commands, of all scripts and wrappers together: more are not followed. Each takes some kilobytes
    /// of stack, and 512 KiB have to suffice.
    static let deepest = 48

    let ceiling: Int
    var environment: ProcessEnvironment
    var budget: DetectionBudget
    /// Commands within commands, up to here.
    private var depth = 0
    /// Whether the first program stands behind an entry point of the image that cannot be seen.
    let hidesEntryPoint: Bool

    /// Of several servers the one that is worst off.
    private(set) var worst: Server?
    private(set) var serverCount = 0
    private(set) var confidence: Confidence?
    var lastProgram = Program.none
    /// Whether words were expanded with a default that a source which cannot be seen may override.
    var hasAssumed = false
    /// The first script met whose name speaks of uWSGI.
    private(set) var suggestiveScript: String?
    /// The first text with the word uWSGI in it that was too deep, too long or unreadable to be followed.
    private(set) var unexaminedText: String?
    /// What follows an opaque program that the container starts directly.
    private(set) var opaqueArguments: ArraySlice<Word> = []

    init(ceiling: Int, variables: ContainerVariables, budget: DetectionBudget, hidesEntryPoint: Bool) {
        self.ceiling = ceiling
        self.hidesEntryPoint = hidesEntryPoint
        self.budget = budget
        environment = ProcessEnvironment(variables)
    }

    // MARK: Taking note

    /// Pays for one command.
    /// - Returns: whether there was enough left.
    mutating func takeStep() -> Bool { budget.takeStep() }

    /// Goes one command deeper, if that is not too deep; ``ascend()`` comes back.
    mutating func descend() -> Bool {
        guard depth < Self.deepest else { return false }
        depth += 1
        return true
    }

    mutating func ascend() { depth -= 1 }

    /// Makes the servers met so far certain.
    mutating func promote() { confidence = .certain }

    /// Takes note of a program whose doings cannot be seen.
    mutating func meetOpaque(_ place: Place, name: String) {
        lastProgram = .opaque
        if suggestiveScript == nil, ScriptNames.suggestsUWSGI(name) {
            let entry = environment.container.entry(at: place)
            suggestiveScript = Evidence.program(
                ShownValue.name(name.lastPathComponent, entry: entry), at: place)
        }
    }

    /// Takes note of a text that was not followed to its end, as it is too deep, too long or unreadable: should the word
    /// uWSGI be in it, nobody can say that it starts none.
    mutating func meetUnexamined(_ text: String, at place: Place) {
        lastProgram = .opaque
        // Once the budget is used up, all that is left is unexamined; it is searched in one go at the end.
        guard unexaminedText == nil, budget.steps > 0 else { return }
        budget.steps -= text.utf8.count
        if text.includes("uwsgi") { unexaminedText = Evidence.program("uwsgi", at: place) }
    }

    /// Takes note of uWSGI.
    private mutating func meetServer(_ word: Word, _ options: ServerOptions, _ how: Circumstances) {
        guard options.helper == nil else {
            lastProgram = .other
            return
        }
        var sureness = how.confidence
        if how.passThrough != nil {
            let isShown = !options.recognised.isEmpty || options.hasConfiguration
            if !isShown {
                guard how.passThrough == .script else { return }
                sureness = .possible
            }
        }
        lastProgram = .server
        serverCount += 1
        budget.steps -= options.stepsTaken
        if confidence != .certain { confidence = sureness }
        let maxFD = MaxFDResolution(ceiling: ceiling, environment: environment, options: options).resolve()
        guard maxFD.severity > worst?.maxFD.severity ?? -1 else { return }
        worst = Server(
            maxFD: maxFD, evidence: Evidence.program(word.text.lastPathComponent, at: word.place),
            details: DetailsReader(environment: environment, options: options, maxFD: maxFD).read())
    }

    // MARK: Following a command line

    /// Under which circumstances a command line is followed.
    private struct Circumstances {
        /// What handed the command line on, when that was no wrapper that is known.
        enum PassThrough {
            /// A script, of which it is usual to start what its arguments say.
            case script
            /// Some program.
            case program
        }

        var confidence: Confidence
        var depth: Int
        var inShell: Bool
        /// What the program reads on its standard input.
        var input: String?
        var passThrough: PassThrough?
        var passThroughs = 0
    }

    /// Follows a command line; the environment is afterwards what it was before.
    /// - Parameters:
    ///   - depth: how many shells are around it.
    ///   - input: what it is fed, where that can be seen.
    mutating func run(
        _ words: ArraySlice<Word>, confidence: Confidence, depth: Int, inShell: Bool, input: String? = nil
    ) {
        follow(
            words,
            Circumstances(confidence: confidence, depth: depth, inShell: inShell, input: input))
    }

    private mutating func follow(_ words: ArraySlice<Word>, _ circumstances: Circumstances) {
        guard descend() else { return meetUnexamined(words) }
        defer { ascend() }
        let mark = environment.mark
        defer { environment.rollBack(to: mark) }
        var how = circumstances
        var rest = words
        var isGuess = false
        for _ in 0..<Self.mostWrappers {
            guard let word = rest.first else {
                lastProgram = isGuess ? .opaque : .other
                return
            }
            budget.steps -= word.text.utf8.count + 1
            // An unquoted variable that cannot be seen may be nothing, or a wrapper, or the program.
            if word.isElastic, !word.text.utf8.contains(where: { $0 > 1 }) {
                if word.text.withoutAbsent != "" { how.confidence = .possible }
                isGuess = true
                rest.removeFirst()
                continue
            }
            let servers = serverCount
            guard let next = step(word, rest.dropFirst(), &how) else {
                if isGuess, serverCount == servers { lastProgram = .opaque }
                return
            }
            rest = next
        }
        meetUnexamined(rest)
    }

    /// Ends the examination. If the budget did not suffice for it, any word of the command line may start uWSGI.
    mutating func finish(_ words: [Word]) {
        guard budget.steps <= 0 else { return }
        lastProgram = .opaque
        if unexaminedText == nil, let word = words.first(where: { $0.text.includes("uwsgi") }) {
            unexaminedText = Evidence.program("uwsgi", at: word.place)
        }
    }

    /// Takes note of a command line that was not followed to its end.
    private mutating func meetUnexamined(_ words: ArraySlice<Word>) {
        lastProgram = .opaque
        for word in words where unexaminedText == nil { meetUnexamined(word.text, at: word.place) }
    }

    /// Looks at one program.
    /// - Returns: the command line that it starts, or `nil` when there is nothing more to follow.
    private mutating func step(
        _ word: Word, _ operands: ArraySlice<Word>, _ how: inout Circumstances
    ) -> ArraySlice<Word>? {
        let name = word.text.lastPathComponent
        guard String(name).isKnown, name.utf8.first != UInt8(ascii: "-") else {
            meetOpaque(word.place, name: "")
            return nil
        }
        if word.text.includes("/init.d/") {
            if name.hasPrefix("uwsgi"), operands.first?.text.hasSuffix("start") ?? false {
                meetService(word, how)
            } else {
                lastProgram = .other
            }
            return nil
        }
        if ProgramNames.isUWSGI(word.text) {
            meetServer(word, ServerOptionsReader.read(operands), how)
            return nil
        }
        if ShellInvocation.isShell(name) {
            runShell(word, name, ShellInvocation(operands), how)
            return nil
        }
        if name == "su" || name == "runuser" {
            switch UserSwitch.read(operands, name: name, environment: &environment) {
            case .program(let program): return program
            case .shell(let invocation): runShell(word, name, invocation, how)
            case .nothing: lastProgram = .other
            }
            return nil
        }
        if PythonInvocation.isPython(name) { return runPython(word, operands, &how) }
        switch EmbeddedServers.match(name, operands) {
        case .server(let options):
            meetServer(word, ServerOptionsReader.read(options), how)
            return nil
        case .depends:
            meetOpaque(word.place, name: "")
            return nil
        case nil: break
        }
        if runsService(name, operands) {
            meetService(word, how)
            return nil
        }
        for row in WrapperTable.rows(named: name) {
            guard let payload = WrapperPeeling.peel(row, operands, environment: &environment) else {
                continue
            }
            return unwrap(payload, word, &how)
        }
        meetOther(word, name, operands, how)
        return nil
    }

    private mutating func unwrap(
        _ payload: WrapperPeeling.Payload, _ word: Word, _ how: inout Circumstances
    ) -> ArraySlice<Word>? {
        switch payload {
        case .program(let program): return program
        case .python(let words): return runPython(word, words, &how)
        case .scripts(let scripts):
            for script in scripts {
                guard takeStep() else { break }
                runShell(word, "sh", ShellInvocation(script: script), how)
            }
        case .nothing: lastProgram = .other
        }
        return nil
    }

    // MARK: Shells

    private mutating func runShell(
        _ word: Word, _ name: Substring, _ invocation: ShellInvocation, _ how: Circumstances
    ) {
        let knowsDollarQuotes = ShellInvocation.knowsDollarQuotes(name)
        if !knowsDollarQuotes { environment.keepIdentifiers() }
        switch invocation.source {
        case .script(let script):
            var place = script.place
            place.shell = "\(name) -c"
            ShellInterpreter.run(
                script.text, invocation: invocation, place: place, knowsDollarQuotes: knowsDollarQuotes,
                depth: how.depth + 1, confidence: how.confidence, examination: &self)
        case .input:
            guard let input = how.input else {
                lastProgram = .other
                return
            }
            ShellInterpreter.run(
                input, invocation: invocation, place: word.place, knowsDollarQuotes: knowsDollarQuotes,
                depth: how.depth + 1, confidence: how.confidence, examination: &self)
        case .file(let file):
            meetOther(file, file.text.lastPathComponent, invocation.arguments, how, isScript: true)
        }
    }

    // MARK: Python

    private mutating func runPython(
        _ word: Word, _ operands: ArraySlice<Word>, _ how: inout Circumstances
    ) -> ArraySlice<Word>? {
        switch PythonInvocation.read(operands) {
        case .script(let words):
            guard let script = words.first else { return nil }
            let name = script.text.lastPathComponent
            // Console scripts of Python packages can be started by their path as well.
            if ProgramNames.isUWSGI(script.text) || EmbeddedServers.match(name, words.dropFirst()) != nil
                || !WrapperTable.rows(named: name).isEmpty
            {
                return words
            }
            lastProgram = .other
        case .module(let module, let words):
            let name = PythonInvocation.program(ofModule: module.text[...])
            if EmbeddedServers.match(name, words) != nil || !WrapperTable.rows(named: name).isEmpty {
                return [Word(String(name), at: module.place)] + words
            }
            // `python -m pyuwsgi` starts nothing: the module has no __main__.
            lastProgram = module.text.isKnown ? .other : .opaque
        case .code(let code, let words):
            switch PythonInvocation.effect(of: code.text) {
            case .runs: meetServer(Word("pyuwsgi", at: code.place), ServerOptionsReader.read(words), how)
            case .mayRun:
                var guess = how
                guess.confidence = .possible
                meetServer(Word("uwsgi", at: code.place), ServerOptions(), guess)
            case .none: lastProgram = .other
            }
        case .input: lastProgram = .other
        }
        return nil
    }

    // MARK: Services

    /// `service uwsgi start`, `/etc/init.d/uwsgi start` and their like.
    private func runsService(_ name: Substring, _ operands: ArraySlice<Word>) -> Bool {
        guard ["service", "rc-service", "invoke-rc.d", "systemctl"].contains(name) else { return false }
        let words = operands.filter { !$0.text.hasPrefix("-") }.prefix(2).map(\.text)
        guard words.count == 2 else { return false }
        let verbs = ["start", "restart", "onestart"]
        switch name {
        case "service", "rc-service", "invoke-rc.d":
            return ProgramNames.isUWSGI(words[0]) && verbs.contains(words[1])
                || ProgramNames.isUWSGI(words[1]) && verbs.contains(words[0])
        case "systemctl":
            return verbs.contains(words[0]) && (words[1] == "uwsgi" || words[1] == "uwsgi.service")
        default: return false
        }
    }

    /// An init script starts uWSGI with an environment of its own and with options from files.
    private mutating func meetService(_ word: Word, _ how: Circumstances) {
        environment.clear()
        var options = ServerOptions()
        options.hasConfiguration = true
        meetServer(Word("uwsgi", at: word.place), options, how)
    }

    // MARK: Other programs

    private mutating func meetOther(
        _ word: Word, _ name: Substring, _ operands: ArraySlice<Word>, _ how: Circumstances,
        isScript: Bool = false
    ) {
        if OtherPrograms.isVisible(name), !isScript {
            lastProgram = .other
            return
        }
        var kind = isScript ? .opaque : OtherPrograms.kind(of: word.text)
        if hidesEntryPoint, how.depth == 0, !word.text.utf8.contains(UInt8(ascii: "/")), how.passThroughs == 0
        {
            kind = OtherPrograms.isOtherKeyword(word.text) ? .visible : .opaque
        }
        if passOn(operands, how, isScript: kind == .opaque) { return }
        guard kind == .opaque else {
            lastProgram = .other
            return
        }
        meetOpaque(word.place, name: word.text)
        if how.depth == 0, opaqueArguments.isEmpty { opaqueArguments = operands }
    }

    /// Follows what the arguments of an unknown program name: entry points mostly start it.
    /// - Returns: whether that led to uWSGI.
    private mutating func passOn(_ operands: ArraySlice<Word>, _ how: Circumstances, isScript: Bool) -> Bool {
        guard how.passThroughs < Self.mostPassThroughs, !operands.isEmpty, takeStep() else { return false }
        var next = how
        next.passThroughs += 1
        next.passThrough = isScript ? .script : .program
        next.input = nil
        let last = lastProgram
        let script = suggestiveScript
        let servers = serverCount
        let first = operands.firstIndex { $0.text.utf8.first != UInt8(ascii: "-") }
        if let first {
            if first != operands.startIndex || !isScript { next.confidence = .possible }
            follow(operands[first...], next)
        }
        if serverCount == servers, let separator = operands.firstIndex(where: { $0.text == "--" }),
            separator + 1 < operands.endIndex, first.map({ $0 < separator }) ?? true
        {
            next.confidence = .possible
            follow(operands[(separator + 1)...], next)
        }
        if serverCount > servers { return true }
        (lastProgram, suggestiveScript) = (last, script)
        return false
    }
}
