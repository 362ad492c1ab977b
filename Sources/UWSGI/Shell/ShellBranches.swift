/// Commands of which one is taken: the branches of `if` and `case`.
extension ShellInterpreter {
    /// What the branches looked at so far lead to.
    struct Alternatives {
        fileprivate let lastProgramBefore: Examination.Program
        fileprivate var servers = 0
        fileprivate var others = 0
        fileprivate var hasOpaque = false

        init(_ examination: Examination) { lastProgramBefore = examination.lastProgram }
    }

    /// Looks at one more branch.
    /// - Parameter isOrdinary: whether a program's success decides, which mostly is given.
    mutating func run(
        _ branch: Branch, isOrdinary: Bool, among alternatives: inout Alternatives,
        _ examination: inout Examination
    ) {
        examination.lastProgram = .none
        let found = examination.serverCount
        var ended = false
        runTentatively(&examination) { interpreter, examination in
            _ = branch(&interpreter, &examination)
            ended = interpreter.hasEnded && !interpreter.endedByProgram
        }
        if examination.serverCount > found {
            alternatives.servers += 1
        } else if examination.lastProgram != .none, !ended {
            alternatives.others += 1
        } else if !isOrdinary {
            alternatives.others += 1
        }
        if examination.lastProgram == .opaque { alternatives.hasOpaque = true }
    }

    /// Says what the branches amount to. When each of them leads to uWSGI, uWSGI is as certain as they are.
    func end(_ alternatives: Alternatives, _ examination: inout Examination) {
        if examination.lastProgram == .none { examination.lastProgram = alternatives.lastProgramBefore }
        if alternatives.hasOpaque { examination.lastProgram = .opaque }
        if alternatives.servers > 0, alternatives.others == 0, confidence == .certain {
            examination.promote()
        }
    }

    /// Walks through `if` and its `elif`s one after the other, however many they are.
    mutating func run(
        _ branches: [(condition: ShellList, body: ShellList)], otherwise: ShellList?,
        _ examination: inout Examination
    ) -> ShellVerdict {
        var chain = Chain()
        for branch in branches {
            var condition = ShellVerdict.ordinary
            if chain.isSure {
                condition = run(branch.condition, &examination)
            } else {
                runTentatively(&examination) { condition = $0.run(branch.condition, &$1) }
            }
            if let verdict = take(branch.body, if: condition, of: &chain, &examination) { return verdict }
            if hasEnded { return .ordinary }
        }
        return end(chain, otherwise, &examination)
    }

    /// Where in a chain of `if` and `elif` the walk is.
    private struct Chain {
        /// Branches that may be taken, once a condition has been met that cannot be known.
        var alternatives: Alternatives?
        var isOrdinary = true
        /// The branch that is taken unless a variable is set that the specification does not mention.
        var presumed: ShellList?

        /// Whether it is sure that this point is reached.
        var isSure: Bool { alternatives == nil && presumed == nil }
    }

    /// Looks at a branch whose condition has been run.
    /// - Returns: what the whole command comes to, when nothing that follows can run.
    private mutating func take(
        _ body: ShellList, if condition: ShellVerdict, of chain: inout Chain, _ examination: inout Examination
    ) -> ShellVerdict? {
        switch condition {
        case .known(false): return nil
        case .known(true): return end(chain, body, &examination)
        case .presumed(true) where chain.isSure:
            chain.presumed = body
        case .presumed(false) where chain.isSure:
            runAside(&examination) { $0.run(body, &$1) }
        default:
            if chain.presumed != nil {
                // Were the variable set after all, this might run: it is looked at, and undone.
                runAside(&examination) { $0.run(body, &$1) }
                return nil
            }
            chain.isOrdinary = chain.isOrdinary && condition == .ordinary
            var alternatives = chain.alternatives ?? Alternatives(examination)
            run({ $0.run(body, &$1) }, isOrdinary: chain.isOrdinary, among: &alternatives, &examination)
            chain.alternatives = alternatives
        }
        return nil
    }

    /// Ends a chain with what runs when no branch before was taken.
    private mutating func end(
        _ chain: Chain, _ last: ShellList?, _ examination: inout Examination
    ) -> ShellVerdict {
        if let presumed = chain.presumed {
            if let last { runAside(&examination) { $0.run(last, &$1) } }
            return runPresumably { $0.run(presumed, &$1) }(&self, &examination)
        }
        if var alternatives = chain.alternatives {
            run(
                { interpreter, examination in last.map { interpreter.run($0, &examination) } ?? .known(true)
                },
                isOrdinary: chain.isOrdinary, among: &alternatives, &examination)
            end(alternatives, &examination)
            return .ordinary
        }
        return last.map { run($0, &examination) } ?? .known(true)
    }
}
