/// Works out which max-fd a uWSGI server will have, from the environment and the options it is started with.
///
/// uWSGI applies all options in one order: the environment's, then the command line's. The last one wins, and a
/// negative one ends the process wherever it stands. Sources: `uwsgi_setup` in core/init.c and core/config.c.
struct MaxFDResolution {
    let ceiling: Int
    let environment: ProcessEnvironment
    let options: ServerOptions

    /// What gave a value.
    private enum Origin {
        case variable(ProcessEnvironment.CarrierVariable)
        case option(ServerOptions.Assignment)
    }

    /// A value from one place, read.
    private struct Candidate {
        var text: String
        var origin: Origin
        var source: String
        /// The number, or `nil` when it cannot be known.
        var value: MaxFDValue?
        /// The variable that holds it, when replacing its value helps.
        var variable: (index: Int, prefix: String)?

        var isFatal: Bool { value?.isFatal ?? false }
        /// From what does least harm to what does most.
        var rank: Int {
            guard let value else { return 1 }
            return switch value.effect {
            case .effective: 0
            case .ineffective: 2
            case .harmful: 3
            }
        }
    }

    func resolve() -> MaxFD {
        let fromEnvironment = environment.carriers().compactMap(candidate(of:))
        var placeholders = Placeholders(options.exported)
        let fromOptions = options.maxFD.map { candidate(of: $0, &placeholders) }
        if let fatal = fromOptions.first(where: \.isFatal) { return state(.incurable, fatal) }
        if let fatal = fromEnvironment.first(where: \.isFatal) {
            // With max-fd among the options only a fatal variable matters, otherwise every bad one does, and one
            // replacement has to be enough.
            let matters = fromOptions.last.map { $0.rank <= 1 }
            let bad = fromEnvironment.count { matters == nil ? $0.rank >= 2 : $0.isFatal }
            return self.bad(.harmful, fatal, isOnly: bad == 1 && matters != false)
        }
        if let last = fromOptions.last {
            guard let value = last.value else { return state(.hidden, last) }
            return value.effect == .effective ? inForce(last, value) : state(.incurable, last)
        }
        return resolveVariables(fromEnvironment)
    }

    /// The environment's order is not its author's to choose, so of several variables the worst counts.
    private func resolveVariables(_ candidates: [Candidate]) -> MaxFD {
        guard let worst = candidates.max(by: { $0.rank < $1.rank }) else { return resolveNothing() }
        guard let value = worst.value else { return state(.hidden, worst) }
        switch value.effect {
        case .effective:
            let largest = candidates.max { $0.value?.number ?? 0 < $1.value?.number ?? 0 } ?? worst
            return inForce(largest, largest.value ?? value)
        case .ineffective, .harmful:
            let isOnly = candidates.count { $0.rank >= 2 } == 1
            return bad(value.effect == .harmful ? .harmful : .ineffective, worst, isOnly: isOnly)
        }
    }

    private func resolveNothing() -> MaxFD {
        if let assignment = options.vassalMaxFD {
            var placeholders = Placeholders(options.exported)
            let vassal = candidate(of: assignment, &placeholders)
            if let value = vassal.value, value.effect == .effective { return inForce(vassal, value) }
            if vassal.value == nil { return state(.hidden, vassal) }
        }
        let wouldHelp =
            switch environment.unexportedValue(of: EnvironmentNames.maxFD) {
            // Once the container has the variable, what a shell assigns to it is passed on.
            case let value?: !value.isKnown || MaxFDValue(reading: value).effect == .effective
            case nil: environment.reaches(EnvironmentNames.maxFD)
            }
        return wouldHelp ? MaxFD(state: .unset, cure: .add) : MaxFD(state: .incurable)
    }

    // MARK: Results

    private func inForce(_ candidate: Candidate, _ value: MaxFDValue) -> MaxFD {
        // uWSGI cannot go over the hard limit, and then keeps what it has. Source: setrlimit(2), and core/uwsgi.c.
        if let limit = environment.descriptorLimit, limit.count < value.number {
            return MaxFD(
                state: limit.count > ceiling ? .excessive : .set, value: String(limit.count),
                number: limit.count, source: limit.place.description)
        }
        return state(value.number > ceiling ? .excessive : .set, candidate)
    }

    private func state(_ state: MaxFD.State, _ candidate: Candidate) -> MaxFD {
        MaxFD(
            state: state, value: candidate.text.isKnown ? Evidence.quoted(shown(candidate)) : nil,
            number: candidate.value?.number,
            source: candidate.source)
    }

    /// A value of a variable that has to go: by replacing it, when it is the container's own and the only one.
    private func bad(_ state: MaxFD.State, _ candidate: Candidate, isOnly: Bool) -> MaxFD {
        guard isOnly, let variable = candidate.variable else { return self.state(.incurable, candidate) }
        var result = self.state(state, candidate)
        result.cure = .replace(index: variable.index, prefix: variable.prefix)
        return result
    }

    // MARK: Candidates

    private func candidate(of variable: ProcessEnvironment.CarrierVariable) -> Candidate? {
        let source = Evidence.variable(variable.name)
        switch EnvironmentNames.carrier(variable.name) {
        case .maxFD:
            return candidate(
                substitute(variable.value), variable.value, origin: .variable(variable), source: source,
                variable: variable.index.map { ($0, "") })
        case .set:
            // A hidden UWSGI_SET is far more likely to set something else, so it tells nothing.
            guard let (name, value) = ServerOptions.setting(variable.value), name == "max-fd" else {
                return nil
            }
            return candidate(
                substitute(value), value, origin: .variable(variable), source: source,
                variable: variable.index.map { ($0, "max-fd=") })
        case nil: return nil
        }
    }

    /// What of a value may be shown.
    private func shown(_ candidate: Candidate) -> String {
        switch candidate.origin {
        case .variable(let variable): return shown(candidate.text, of: variable)
        case .option(let assignment):
            guard let entry = environment.container.entry(at: assignment.place) else {
                return ShownValue.expanded
            }
            return ShownValue.of(candidate.text, entry: entry, isScript: assignment.place.shell != nil)
        }
    }

    private func shown(_ text: String, of variable: ProcessEnvironment.CarrierVariable) -> String {
        guard let index = variable.index, environment.container.list.indices.contains(index),
            case .literal(let written) = environment.container.list[index].value
        else { return environment.container.shown(text) }
        guard EnvironmentNames.carrier(variable.name) == .set,
            let (name, value) = ServerOptions.setting(written), name == "max-fd"
        else { return ShownValue.of(text, written: written) }
        return ShownValue.of(text, written: value)
    }

    private func candidate(
        of assignment: ServerOptions.Assignment, _ placeholders: inout Placeholders
    ) -> Candidate {
        placeholders.advance(to: assignment.position)
        return candidate(
            substitute(assignment.text) { placeholders.value(of: $0) }, assignment.text,
            origin: .option(assignment), source: assignment.place.description, variable: nil)
    }

    private func candidate(
        _ substituted: String?, _ text: String, origin: Origin, source: String,
        variable: (index: Int, prefix: String)?
    ) -> Candidate {
        Candidate(
            text: text, origin: origin, source: source, value: substituted.map(MaxFDValue.init(reading:)),
            variable: variable)
    }

    /// The options and placeholders that stand before an option: what `%(name)` in it can mean.
    private struct Placeholders {
        private let exported: [(name: String, value: String)]
        private var position = 0
        private var values: [String: String] = [:]

        init(_ exported: [(name: String, value: String)]) { self.exported = exported }

        /// Options are asked about in their order, so each is looked at once.
        mutating func advance(to end: Int) {
            while position < min(end, exported.count) {
                values[exported[position].name] = exported[position].value
                position += 1
            }
        }

        func value(of name: String) -> String? { values[name] }
    }

    /// Replaces `$(VARIABLE)` and `%(option)` as uWSGI does.
    /// - Returns: `nil` when the result cannot be known.
    private func substitute(_ text: String, placeholder: (String) -> String? = { _ in nil }) -> String? {
        guard text.isKnown else { return nil }
        guard text.utf8.contains(UInt8(ascii: "(")) else { return text }
        if text.includes("@(") { return nil }
        var isKnown = true
        var result = substitute(text, opening: "$(") { name in
            switch environment.exportedContent(of: name) {
            case .value(let value) where value.isKnown: return value
            case .value: isKnown = false
            case .invisible where environment.container.hasSources: isKnown = false
            case .invisible, .unset: break
            }
            return nil
        }
        result = substitute(result, opening: "%(") { name in
            let value = placeholder(name) ?? variable(ofOption: name)
            if let value, !value.isKnown { isKnown = false }
            return value
        }
        return isKnown ? result : nil
    }

    /// The value of an option that a variable gives: variables come before the command line.
    private func variable(ofOption name: String) -> String? {
        let variable =
            EnvironmentNames.prefix
            + name.uppercased().split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
        if case .value(let value) = environment.exportedContent(of: variable) { return value }
        return nil
    }

    private func substitute(_ text: String, opening: String, value: (String) -> String?) -> String {
        guard let start = text.firstRange(of: opening),
            let close = text[start.upperBound...].firstIndex(of: ")"),
            let replacement = value(String(text[start.upperBound..<close]))
        else { return text }
        // A max-fd is one number: a second reference in it has no use.
        return text[..<start.lowerBound] + replacement + text[text.index(after: close)...]
    }
}

extension MaxFD {
    /// How badly off a server with this max-fd is, compared with another one of the same container.
    var severity: Int {
        switch state {
        case .set: 0
        case .hidden: 1
        case .excessive: 2
        case .unset: 3
        case .ineffective: 4
        case .harmful: 5
        case .incurable: 6
        }
    }
}
