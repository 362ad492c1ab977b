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
        return expansion.discarded.map { .either(discarding($0), outcome) } ?? outcome
    }

    func runSubshell(_ list: ShellList, in state: State) -> Outcome {
        ending(run(list, in: withoutTrapsForEnd(state))).apart(from: state, keepsOutput: true)
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
        let subjects = expansion.readings(of: word)
        return continuing(expansion) { choose(among: items, for: subjects, of: word, in: $0) }
    }

    private func choose(
        among items: [ShellCaseItem], for subjects: [ShellExpansion.Text], of word: ShellWord, in start: State
    ) -> Outcome {
        var state = start
        var reaches = CaseReaches(items: Array(repeating: nil, count: items.count))
        for subject in subjects {
            match(subject.value ?? "", subject.reach, of: word, items, &reaches, in: &state)
        }
        var result = Outcome.nothing
        if let fatal = reaches.fatal { result.add(Outcome.Leave(kind: .abort, failed: fatal)) }
        var falling: State?
        var fallsForCertain = false
        // Where later choices are tried after one was taken.
        var testing: State? = state
        for (index, (item, reach)) in zip(items, reaches.items).enumerated() {
            let taken = reach.flatMap { reach in
                (testing?.reached(reach)).map {
                    noting(word, item, $0, isDoubtful: reach < .expected, from: start)
                }
            }
            guard let entry = State.join(taken, falling) else {
                // The body before it is known to run, and never to come out.
                if fallsForCertain, item.ending == .goesOnTesting { testing = nil }
                fallsForCertain = fallsForCertain && item.ending == .fallsThrough
                continue
            }
            falling = nil
            fallsForCertain = subjects.count == 1 && reaches.sure.contains(index) || fallsForCertain
            guard tracer.takeStep() else {
                return .either(result, .ordinary(tracer.giveUp(on: word.source, at: location, in: state)))
            }
            let outcome = run(item.body, in: entry)
            defer { if item.ending != .fallsThrough { fallsForCertain = false } }
            switch item.ending {
            case .leaves: result = .either(result, outcome)
            case .goesOnTesting:
                testing = fallsForCertain ? outcome.next : State.join(testing, outcome.next)
                // Where a later choice is always taken, this one is not the last.
                if reaches.none == nil {
                    result.add(leavesOf: outcome)
                } else {
                    result = .either(result, outcome)
                }
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

    /// Where the text of a variable cannot be seen, or it would have to be set for a choice to be taken, it holds what
    /// the choice asks for.
    private func noting(
        _ word: ShellWord, _ item: ShellCaseItem, _ entry: State, isDoubtful: Bool, from start: State
    ) -> State {
        guard let name = word.variableName else { return entry }
        let contents = start.scope.contents(of: name)
        guard contents.count == 1, case .text(let text)? = contents.first, !text.isKnown,
            text.utf8.allSatisfy(TextMark.isMark), text.hasUnknown || isDoubtful
        else { return entry }
        // What may match nothing says nothing of unknown text.
        if text.hasUnknown, item.patterns.contains(where: { Self.plainStart(of: $0.plainText ?? "").isEmpty })
        {
            return entry
        }
        let texts = item.patterns.map { pattern in
            let text = pattern.plainText ?? ""
            let start = Self.plainStart(of: text)
            if pattern.plainText != nil, start == text { return text }
            return start
                + (contents == [.text(TextMark.unknownNamingUWSGI)]
                    ? TextMark.unknownNamingUWSGI : TextMark.unknownButSet)
        }
        var state = entry
        let exported = Set(start.scope.variable(name).members.map(\.isExported)).sorted { $0 && !$1 }
        state.scope.bind(
            name,
            Variable(
                members: texts.flatMap { text in
                    exported.map { Variable.Member(content: .text(text), isExported: $0) }
                }))
        return state
    }

    /// Finds the choices that one text may lead to.
    private func match(
        _ subject: String, _ surest: Reach, of word: ShellWord, _ items: [ShellCaseItem],
        _ reaches: inout CaseReaches, in state: inout State
    ) {
        let text = subject.withoutAbsent
        // Another text than the one that is presumed.
        var isOpen = subject.hasAbsent
        var otherwise = Reach.possible
        var tried: Set<String> = []
        var globs: [String] = []
        var reach: Reach? = surest
        // The first choice that is tried after one that is known to be taken.
        var next = 0
        for (index, item) in items.enumerated() {
            guard reach != nil || isOpen else { return }
            if index < next, !isOpen { continue }
            let last = Self.lastOfChain(from: index, items)
            let ends = last == items.count || items[last].ending == .leaves
            // What one choice takes no later one gets.
            let plain = item.patterns.compactMap(\.plainText)
            if plain.count == item.patterns.count, plain.allSatisfy(\.isKnown),
                plain.allSatisfy({ tried.contains($0) || Self.isCovered($0, by: globs) })
            {
                continue
            }
            if ends {
                tried.formUnion(plain)
                globs += plain.filter(Self.isGlob).prefix(Scope.mostAlternatives - globs.count)
            }
            var answer: Bool? = false
            for pattern in item.patterns {
                let found = matches(pattern, text, &reaches.fatal, in: &state)
                if found == true { answer = true } else if found == nil, answer == false { answer = nil }
                if answer == true { break }
            }
            tracer.budget.spend(text.utf8.count + 1)
            if reaches.fatal != nil { reach = reach.map { min($0, .possible) } }
            if let taken = reach, answer != false, index >= next {
                reaches.items[index] = max(reaches.items[index] ?? taken, taken)
                let takesAll = item.patterns.contains { $0.plainText == "*" }
                if takesAll || answer == true && !subject.hasAbsent { reaches.sure.insert(index) }
                if answer == true { if ends { reach = nil } else { next = last + 1 } }
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

    /// Whether all that a pattern matches is matched by an earlier one: what begins with a text that `…*` matches is.
    private static func isCovered(_ pattern: String, by earlier: [String]) -> Bool {
        guard !earlier.isEmpty else { return false }
        let start = plainStart(of: pattern)
        return earlier.contains { other in
            (start == pattern || other.hasSuffix("*") && !other.hasSuffix("\\*"))
                && ShellPattern.matches([ShellPattern.Element(other)], start) ?? false
        }
    }

    /// What of a pattern stands before the first character that means more than itself.
    private static func plainStart(of pattern: String) -> String {
        String(pattern.prefix { !"*?[\\".contains($0) })
    }

    private static func isGlob(_ text: String) -> Bool { plainStart(of: text) != text }

    /// The choice whose body is the last that runs once an item was taken, or how many there are.
    private static func lastOfChain(from index: Int, _ items: [ShellCaseItem]) -> Int {
        items[index...].firstIndex { $0.ending != .fallsThrough } ?? items.count
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
        var expected: [ShellTest.Operand]?
        var operands: [ShellTest.Operand] = []
        for word in words {
            let readings = expansion.readings(of: word)
            let operand = ShellTest.Operand(
                texts: readings.map { $0.value ?? "" }, patterns: expansion.patterns(of: word))
            if readings.contains(where: { $0.reach < .expected }) {
                let texts = readings.lazy.filter { $0.reach == .expected }.map { $0.value ?? "" }
                expected =
                    (expected ?? operands) + [
                        ShellTest.Operand(texts: Array(texts), patterns: operand.patterns)
                    ]
            } else {
                expected?.append(operand)
            }
            operands.append(operand)
        }
        for text in ShellTest.expressions(in: operands) { expansion.noteSubscripts(in: text) }
        return continuing(expansion) { state in
            if state.scope.behaviour.contains(.ignoresCase) { return .question(state) }
            var answer = ShellTest.evaluate(operands, isExtended: true)
            // What its author expects of the variables decides, unless something unseen has changed them.
            if let expected, !expected.contains(where: \.texts.isEmpty) {
                answer = ShellTest.evaluate(expected, isExtended: true).unless(answer)
            }
            return noting(words, isExtended: true, answer.outcome(in: state), from: state)
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
