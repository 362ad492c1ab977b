import ShellSyntax

/// Compound commands but for loops. What a variable holds after any of them is the join of what it holds at the end
/// of each way through; see ``State/join(_:_:)``.
extension ShellRunner {
    func run(_ compound: ShellCompound, in state: State) -> Outcome {
        switch compound {
        case .braceGroup(let list): return run(list, in: state)
        case .subshell(let list): return runSubshell(list, in: state)
        case .ifClause(let branches, let otherwise): return runIf(branches, otherwise: otherwise, in: state)
        case .whileClause(let condition, let body, let isUntil):
            return runWhile(condition, body, isUntil: isUntil, in: state)
        case .forClause(let name, let words, let body, let isSelect):
            return runFor(name, words, body, isSelect: isSelect, in: state)
        case .arithmeticFor(let source, let body): return runArithmeticFor(source, body, in: state)
        case .caseClause(let word, let items): return runCase(word, items, in: state)
        case .test(let words): return runTest(words, in: state)
        case .arithmetic(let word): return runArithmetic(word, in: state)
        }
    }

    /// Goes on after words were expanded, which may have ended the shell, or only the line, unless something sets a
    /// variable after all.
    func continuing(_ expansion: ShellExpansion, _ body: (State) -> Outcome) -> Outcome {
        if expansion.fatal == nil, expansion.discarded == nil { return body(expansion.state) }
        var outcome = body(expansion.state.reached(.possible))
        if let fatal = expansion.fatal { outcome.add(Outcome.Leave(kind: .abort, failed: fatal)) }
        return expansion.discarded.map { .either(.aborting($0), outcome) } ?? outcome
    }

    func runSubshell(_ list: ShellList, in state: State) -> Outcome {
        run(list, in: state).apart(from: state, keepsOutput: true)
    }

    // MARK: if

    private func runIf(
        _ branches: [(condition: ShellList, body: ShellList)], otherwise: ShellList?, in start: State
    ) -> Outcome {
        var result = Outcome.nothing
        var rest: State? = start
        for branch in branches {
            guard let state = rest else { return result }
            let condition = ask(branch.condition, in: state)
            result.add(leavesOf: condition)
            if let ok = condition.ok { result = .either(result, run(branch.body, in: ok)) }
            rest = condition.failed
        }
        guard let state = rest else { return result }
        return .either(result, otherwise.map { run($0, in: state) } ?? .succeeding(state))
    }

    // MARK: case

    /// How surely a choice is taken: by any of the texts that the subject may be.
    private struct CaseReaches {
        var items: [Reach?]
        var none: Reach?
        /// Those that are known to be taken.
        var sure: Set<Int> = []
        /// Where the expansion of a pattern ended the shell.
        var fatal: State?
    }

    private func runCase(_ word: ShellWord, _ items: [ShellCaseItem], in start: State) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        let subjects = expansion.texts(of: word)
        return continuing(expansion) { choose(among: items, for: subjects, of: word, in: $0) }
    }

    private func choose(
        among items: [ShellCaseItem], for subjects: [String], of word: ShellWord, in start: State
    ) -> Outcome {
        var state = start
        var reaches = CaseReaches(items: Array(repeating: nil, count: items.count))
        for subject in subjects { match(subject, of: word, items, &reaches, in: &state) }
        var result = Outcome.nothing
        if let fatal = reaches.fatal { result.add(Outcome.Leave(kind: .abort, failed: fatal)) }
        var falling: State?
        // Where later choices are tried after one was taken.
        var testing: State? = state
        for (index, (item, reach)) in zip(items, reaches.items).enumerated() {
            let taken = reach.flatMap { testing?.reached($0) }
            guard let entry = State.join(taken, falling) else { continue }
            falling = nil
            guard tracer.takeStep() else {
                return .either(result, .ordinary(tracer.giveUp(on: word.source, at: location, in: state)))
            }
            let outcome = run(item.body, in: entry)
            switch item.ending {
            case .leaves: result = .either(result, outcome)
            case .goesOnTesting:
                let isSure = subjects.count == 1 && reaches.sure.contains(index)
                testing = isSure ? outcome.next : State.join(testing, outcome.next)
                result = .either(result, outcome)
            case .fallsThrough:
                falling = outcome.next
                result.add(leavesOf: outcome)
            }
        }
        if let falling { result = .either(result, .succeeding(falling)) }
        if let reach = reaches.none, let testing {
            result = .either(result, .succeeding(testing.reached(reach)))
        }
        return result
    }

    /// Finds the choices that one text may lead to.
    private func match(
        _ subject: String, of word: ShellWord, _ items: [ShellCaseItem], _ reaches: inout CaseReaches,
        in state: inout State
    ) {
        let text = subject.withoutAbsent
        // Another text than the one that is presumed.
        var isOpen = subject.hasAbsent
        var otherwise = Reach.possible
        var tried: Set<String> = []
        var reach: Reach? = .expected
        for (index, item) in items.enumerated() {
            guard reach != nil || isOpen else { return }
            // What one choice takes no later one gets.
            let plain = item.patterns.compactMap(\.plainText)
            if plain.count == item.patterns.count, plain.allSatisfy(\.isKnown), tried.isSuperset(of: plain) {
                continue
            }
            if ends(item, items) { tried.formUnion(plain) }
            var answer: Bool? = false
            for pattern in item.patterns {
                let found = matches(pattern, text, &reaches.fatal, in: &state)
                if found == true { answer = true } else if found == nil, answer == false { answer = nil }
                if answer == true { break }
            }
            tracer.budget.spend(text.utf8.count + 1)
            if reaches.fatal != nil { reach = reach.map { min($0, .possible) } }
            if let taken = reach, answer != false {
                reaches.items[index] = max(reaches.items[index] ?? taken, taken)
                if answer == true, !subject.hasAbsent { reaches.sure.insert(index) }
                if answer == true, ends(item, items) { reach = nil }
            } else if isOpen {
                reaches.items[index] = max(reaches.items[index] ?? otherwise, otherwise)
            }
            // `case $X in $X)`: what holds no pattern matches itself.
            if item.patterns.contains(where: { $0.source.elementsEqual(word.source) }) {
                otherwise = .improbable
            }
            if item.patterns.contains(where: { $0.plainText == "*" }) { isOpen = false }
        }
        if let reach { reaches.none = max(reaches.none ?? reach, reach) }
        if isOpen { reaches.none = max(reaches.none ?? otherwise, otherwise) }
    }

    /// Whether no later pattern is tried once an item was taken.
    private func ends(_ item: ShellCaseItem, _ items: [ShellCaseItem]) -> Bool {
        switch item.ending {
        case .leaves: true
        case .goesOnTesting: false
        case .fallsThrough: !items.contains { $0.ending == .goesOnTesting }
        }
    }

    /// Whether a pattern of `case` matches, or `nil` when that cannot be seen.
    private func matches(
        _ pattern: ShellWord, _ text: String, _ fatal: inout State?, in state: inout State
    ) -> Bool? {
        if pattern.plainText == "*" { return true }
        var expansion = ShellExpansion(runner: self, state: state)
        let patterns = expansion.patterns(of: pattern)
        state = expansion.state
        fatal = fatal ?? expansion.fatal ?? expansion.discarded
        let answers = Set(patterns.map { $0.matches(text) })
        guard answers.count == 1, let answer = answers.first else { return nil }
        // Without regard to case it may match after all.
        return answer == false && state.scope.behaviour.contains(.ignoresCase) ? nil : answer
    }

    // MARK: [[ and ((

    func runTest(_ words: [ShellWord], in start: State) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        let operands = words.map { word in
            ShellTest.Operand(texts: expansion.texts(of: word), patterns: expansion.patterns(of: word))
        }
        return continuing(expansion) { state in
            if state.scope.behaviour.contains(.ignoresCase) { return .question(state) }
            let outcome = ShellTest.evaluate(operands, isExtended: true).outcome(in: state)
            return noting(absentNames(in: words, state), outcome, from: state)
        }
    }

    func runArithmetic(_ word: ShellWord, in start: State) -> Outcome {
        var expansion = ShellExpansion(runner: self, state: start)
        let texts = expansion.texts(of: word)
        let numbers = Set(texts.map { expansion.number(of: $0) })
        for text in texts {
            if expansion.noteReferences(in: text) { expansion.fatal = start }
            expansion.forgetAssigned(in: text)
        }
        return continuing(expansion) { state in
            guard numbers.count == 1, let only = numbers.first, let number = only else {
                return .question(state)
            }
            return number != 0 ? .succeeding(state) : .failing(state)
        }
    }
}
