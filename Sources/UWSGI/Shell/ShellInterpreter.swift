/// Walks through a shell script and hands every command that may run to an ``Examination``, with the environment
/// that it would see. Nothing is evaluated but words, variables and tests whose text is known.
struct ShellInterpreter {
    /// The script's texts and place, which do not change while it runs.
    struct Script {
        var text: String
        var documents: [String]
        var place: Place
        var depth: Int
        var knowsDollarQuotes: Bool
    }

    var script: Script
    private var name: Word
    var arguments: ArraySlice<Word>
    private var functions: [String: ShellCommand] = [:]
    var functionDepth = 0
    var exportsAll = false
    /// Whether `exec` or `exit` has ended the shell.
    var hasEnded = false
    /// Whether the shell may have been replaced by another program before.
    private var mayHaveEnded = false
    /// How sure it is that what runs now runs at all.
    var confidence: Examination.Confidence

    /// Reads a script and walks through it.
    /// - Parameter place: where its text stands.
    static func run(
        _ text: String, invocation: ShellInvocation, place: Place, knowsDollarQuotes: Bool, depth: Int,
        confidence: Examination.Confidence, examination: inout Examination
    ) {
        examination.budget.steps -= text.utf8.count
        guard depth <= Examination.deepestShell, examination.budget.steps > 0,
            let parsed = try? ShellParser.parse(text, knowsDollarQuotes: knowsDollarQuotes)
        else {
            examination.meetUnexamined(text, at: place)
            return
        }
        let script = Script(
            text: text, documents: parsed.documents, place: place, depth: depth,
            knowsDollarQuotes: knowsDollarQuotes)
        var interpreter = ShellInterpreter(
            script: script, name: invocation.name ?? Word("sh", at: place), arguments: invocation.arguments,
            exportsAll: invocation.exportsAll, confidence: confidence)
        interpreter.run(parsed.list, &examination)
        if parsed.isBroken, !interpreter.hasEnded { interpreter.meetBroken(parsed, &examination) }
    }

    /// Takes note of a script of which the end could not be read.
    func meetBroken(_ parsed: ShellScript, _ examination: inout Examination) {
        if parsed.isTooDeep {
            examination.meetUnexamined(script.text, at: script.place)
        } else {
            examination.meetOpaque(script.place, name: "")
        }
    }

    // MARK: Lists

    /// - Returns: what is known of the success of the last command.
    @discardableResult
    mutating func run(_ list: ShellList, _ examination: inout Examination) -> ShellVerdict {
        var verdict = ShellVerdict.known(true)
        for element in list.elements {
            if hasEnded { return verdict }
            guard examination.takeStep() else {
                examination.meetUnexamined(script.text, at: script.place)
                return .ordinary
            }
            switch element.condition {
            case .always: verdict = run(element, confidence, &examination)
            case .ifSucceeded:
                verdict = verdict.and(runIf(verdict, element, doubtsOrdinary: false, &examination))
            case .ifFailed:
                verdict = verdict.or(runIf(verdict.negated, element, doubtsOrdinary: true, &examination))
            }
        }
        return verdict
    }

    /// Runs a command that depends on the one before.
    private mutating func runIf(
        _ condition: ShellVerdict, _ element: ShellList.Element, doubtsOrdinary: Bool,
        _ examination: inout Examination
    ) -> ShellVerdict {
        switch condition {
        case .known(true): return run(element, confidence, &examination)
        case .presumed(true):
            return runPresumably { $0.run(element, $0.confidence, &$1) }(&self, &examination)
        case .known(false): return .known(false)
        case .ordinary where !doubtsOrdinary: return run(element, confidence, &examination)
        case .presumed(false), .ordinary, .undecided:
            var verdict = ShellVerdict.ordinary
            runTentatively(&examination) { interpreter, examination in
                verdict = interpreter.run(element, .possible, &examination)
            }
            if case .presumed(false) = condition { return .presumed(false) }
            return verdict == .known(false) ? .ordinary : condition
        }
    }

    /// Runs something that may not run at all: what it does to variables makes them unknown.
    mutating func runTentatively(
        _ examination: inout Examination, _ body: (inout ShellInterpreter, inout Examination) -> Void
    ) {
        let mark = examination.environment.mark
        var copy = self
        copy.confidence = .possible
        body(&copy, &examination)
        let changes = examination.environment.names(changedSince: mark).map { name in
            (
                name: name, text: examination.environment.content(of: name).text,
                isExported: examination.environment.isExported(name)
            )
        }
        examination.environment.rollBack(to: mark)
        for change in changes where change.text != examination.environment.content(of: change.name).text {
            examination.environment.assign(
                change.name, String(Character(Word.unknown)), exportsAll: change.isExported)
        }
        if copy.hasEnded, copy.endedByProgram { mayHaveEnded = true }
        functions = copy.functions
    }

    var endedByProgram = false

    private mutating func run(
        _ element: ShellList.Element, _ confidence: Examination.Confidence, _ examination: inout Examination
    ) -> ShellVerdict {
        let previous = self.confidence
        if mayHaveEnded || confidence == .possible { self.confidence = .possible }
        defer { self.confidence = previous }
        guard element.isInBackground else { return run(element.command, &examination) }
        runApart(&examination) { $0.run(element.command, &$1) }
        return .known(true)
    }

    /// Runs something in a shell of its own: a subshell, a part of a pipeline.
    @discardableResult
    private func runApart(
        _ examination: inout Examination, _ body: (inout ShellInterpreter, inout Examination) -> ShellVerdict
    ) -> ShellVerdict {
        let mark = examination.environment.mark
        var copy = self
        let verdict = body(&copy, &examination)
        examination.environment.rollBack(to: mark)
        return verdict
    }

    // MARK: Commands

    private mutating func run(_ command: ShellCommand, _ examination: inout Examination) -> ShellVerdict {
        guard examination.takeStep(), examination.descend() else {
            examination.meetUnexamined(script.text, at: script.place)
            return .ordinary
        }
        defer { examination.ascend() }
        switch command {
        case .simple(let simple): return run(simple, &examination)
        case .pipeline(let commands, let isNegated): return run(commands, isNegated: isNegated, &examination)
        case .group(let list): return run(list, &examination)
        case .subshell(let list): return runApart(&examination) { $0.run(list, &$1) }
        case .conditional(let branches, let otherwise):
            return run(branches, otherwise: otherwise, &examination)
        case .loop(let condition, let body, let isUntil):
            let verdict = run(condition, &examination)
            return runLoop(isUntil ? verdict.negated : verdict, body, &examination)
        case .iteration(let name, let words, let body): return run(name, words, body, &examination)
        case .selection(let word, let branches): return run(word, branches, &examination)
        case .function(let name, let body):
            functions[name] = body
            return .known(true)
        case .test(let words):
            let fields = words.map { word in expand(&examination) { $0.text(of: word) } }
            return ShellTest.evaluate(fields, matchesPatterns: true)
        case .arithmetic: return .undecided
        }
    }

    private mutating func run(
        _ commands: [ShellCommand], isNegated: Bool, _ examination: inout Examination
    ) -> ShellVerdict {
        var verdict = ShellVerdict.ordinary
        if commands.count == 1, let command = commands.first {
            verdict = run(command, &examination)
        } else {
            for command in commands {
                verdict = runApart(&examination) { $0.run(command, &$1) }
            }
        }
        if !isNegated { return verdict }
        // Of a negated command it cannot be said that it most likely succeeds.
        return verdict == .ordinary ? .undecided : verdict.negated
    }

    /// A script that gives up because a variable is not set tells that something sets it after all.
    func runPresumably(_ body: @escaping Branch) -> Branch {
        { interpreter, examination in
            let verdict = body(&interpreter, &examination)
            if interpreter.hasEnded, !interpreter.endedByProgram { interpreter.hasEnded = false }
            return verdict
        }
    }

    typealias Branch = (inout ShellInterpreter, inout Examination) -> ShellVerdict

    /// Looks at commands that most likely do not run, without keeping what they do to variables.
    func runAside(_ examination: inout Examination, _ body: Branch) {
        let last = examination.lastProgram
        runApart(&examination) { interpreter, examination in
            interpreter.confidence = .possible
            return body(&interpreter, &examination)
        }
        if last != .opaque { examination.lastProgram = last }
    }

    /// Runs branches of which one is taken. When each of them leads to uWSGI, uWSGI is as certain as they are.
    private mutating func runAlternatives(_ branches: [Branch], _ examination: inout Examination) {
        var alternatives = Alternatives(examination)
        for branch in branches { run(branch, isOrdinary: false, among: &alternatives, &examination) }
        end(alternatives, &examination)
    }

    private mutating func runLoop(
        _ condition: ShellVerdict, _ body: ShellList, _ examination: inout Examination
    ) -> ShellVerdict {
        switch condition {
        case .known(true), .presumed(true): run(body, &examination)
        case .known(false): break
        case .presumed(false): runAside(&examination) { $0.run(body, &$1) }
        case .ordinary, .undecided:
            let before = examination.lastProgram
            let mightHaveEnded = mayHaveEnded
            runTentatively(&examination) { $0.run(body, &$1) }
            mayHaveEnded = mightHaveEnded
            if examination.lastProgram == .other { examination.lastProgram = before }
        }
        return .known(true)
    }

    private mutating func run(
        _ name: String, _ words: [ShellWord], _ body: ShellList, _ examination: inout Examination
    ) -> ShellVerdict {
        let fields = expand(&examination) { $0.fields(of: words) }
        // Few values are tried one by one; of many only the loop's body is looked at.
        if fields.count <= 8, !fields.isEmpty {
            for field in fields where !hasEnded {
                examination.environment.assign(name, field.text, exportsAll: exportsAll)
                run(body, &examination)
            }
        } else if !fields.isEmpty || name.isEmpty {
            examination.environment.assign(name, String(Character(Word.unknown)), exportsAll: exportsAll)
            run(body, &examination)
        }
        return .ordinary
    }

    private mutating func run(
        _ word: ShellWord, _ branches: [(patterns: [ShellWord], body: ShellList)],
        _ examination: inout Examination
    ) -> ShellVerdict {
        let subject = expand(&examination) { $0.text(of: word) }.text
        let text = subject.withoutAbsent
        guard text.isKnown else {
            var alternatives: [Branch] = branches.map { branch in { $0.run(branch.body, &$1) } }
            if !branches.contains(where: { $0.patterns.contains { $0.plainText == "*" } }) {
                alternatives.append { _, _ in .known(true) }
            }
            runAlternatives(alternatives, &examination)
            return .ordinary
        }
        let isPresumed = text != subject
        var taken: ShellList?
        for branch in branches {
            let matches = branch.patterns.contains { pattern in
                let pattern = expand(&examination) { $0.text(of: pattern) }.text
                return ShellPattern.matches(pattern, text) ?? false
            }
            if matches, taken == nil {
                taken = branch.body
                if !isPresumed { break }
            } else if isPresumed {
                runAside(&examination) { $0.run(branch.body, &$1) }
            }
        }
        return taken.map { run($0, &examination) } ?? .known(true)
    }

    // MARK: Simple commands

    /// Expands words with the shell's state, and takes over what the expansion changes.
    private func expand<Result>(
        _ examination: inout Examination, _ body: (inout ShellExpansion) -> Result
    ) -> Result {
        // The environment is moved rather than copied: a second owner would make every change copy it.
        var expansion = ShellExpansion(
            place: script.place,
            context: .init(
                environment: ProcessEnvironment(examination.environment.container), name: name,
                arguments: arguments, budget: examination.budget.steps))
        swap(&examination.environment, &expansion.context.environment)
        let result = body(&expansion)
        swap(&examination.environment, &expansion.context.environment)
        examination.budget.steps = expansion.context.budget
        if expansion.context.hasAssumed { examination.hasAssumed = true }
        return result
    }

    private mutating func run(
        _ command: ShellSimpleCommand, _ examination: inout Examination
    ) -> ShellVerdict {
        examination.hasAssumed = false
        let fields = expandWords(of: command, &examination)
        let mark = examination.environment.mark
        for (name, value) in command.assignments {
            let text = expand(&examination) { $0.text(of: value) }.text
            if fields.isEmpty {
                examination.environment.assign(name, text, exportsAll: exportsAll)
            } else {
                examination.environment.export(name, text)
            }
        }
        guard examination.budget.steps > 0 else {
            examination.meetUnexamined(script.text, at: script.place)
            return .ordinary
        }
        guard let first = fields.first else { return .known(true) }
        let previous = confidence
        if examination.hasAssumed { confidence = .possible }
        defer { confidence = previous }
        if let verdict = runBuiltin(first.text, fields, &examination) {
            // Assignments before most built-in commands last no longer than they.
            if first.text != "exec", first.text != "eval", !command.assignments.isEmpty {
                examination.environment.rollBack(to: mark)
            }
            return verdict
        }
        let verdict = runProgram(fields, command, &examination)
        examination.environment.rollBack(to: mark)
        return verdict
    }

    /// The words of `export` and its like are assignments, which make no fields.
    private func expandWords(of command: ShellSimpleCommand, _ examination: inout Examination) -> [Word] {
        let declaring = ["export", "readonly", "local", "declare", "typeset"]
        guard let name = command.words.first?.plainText, declaring.contains(name) else {
            return expand(&examination) { $0.fields(of: command.words) }
        }
        return command.words.map { word in expand(&examination) { $0.text(of: word) } }
    }

    private mutating func runProgram(
        _ fields: [Word], _ command: ShellSimpleCommand, _ examination: inout Examination
    ) -> ShellVerdict {
        guard let first = fields.first else { return .ordinary }
        if let body = functions[first.text], functionDepth < 16 {
            let outer = (arguments, functionDepth)
            arguments = fields.dropFirst()
            functionDepth += 1
            defer { (arguments, functionDepth) = outer }
            return run(body, &examination)
        }
        let document = command.document.flatMap {
            script.documents.indices.contains($0) ? script.documents[$0] : nil
        }
        examination.run(
            fields[...], confidence: confidence, depth: script.depth, inShell: true, input: document)
        return .ordinary
    }
}

extension ProcessEnvironment.Content {
    /// The text that a shell would find; `nil` when nothing is known of the variable.
    fileprivate var text: String? {
        switch self {
        case .value(let text): text
        case .unset: ""
        case .invisible: nil
        }
    }
}
