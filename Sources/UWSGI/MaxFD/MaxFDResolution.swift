/// Works out which max-fd a uWSGI server will have, from the environment and the options it is started with.
///
/// uWSGI applies all options in one order: the environment's, then the command line's. The last one wins, and a
/// negative one ends the process wherever it stands. Sources: `uwsgi_setup` in core/init.c and core/config.c.
struct MaxFDResolution {
    let start: ServerStart

    private var ceiling: Int { start.ceiling }
    private var configuration: MergedConfiguration? { start.configuration }
    private var scope: Scope {
        _read { yield start.scope }
    }
    private var options: ServerOptions {
        _read { yield start.options }
    }

    /// What gave a value.
    enum Origin {
        case variable(Scope.CarrierVariable)
        case option(ServerOptions.Assignment)
        /// - isReplaced: whether the text is not what stands in the file.
        case file(FilePlace, isReplaced: Bool)
    }

    /// A value from one place, read.
    struct Candidate {
        var text: String
        var origin: Origin
        var source: String
        /// The number, or `nil` when it cannot be known.
        var value: MaxFDValue?
        /// The variable that holds it, when replacing its value helps.
        var variable: (index: Int, prefix: String)?

        var isFatal: Bool { value?.isFatal ?? false }
        /// From what does least harm to what does most.
        enum Rank: Comparable { case effective, unknown, ineffective, harmful }

        var rank: Rank {
            guard let value else { return .unknown }
            return switch value.effect {
            case .effective: .effective
            case .ineffective: .ineffective
            case .harmful: .harmful
            }
        }

        var isBad: Bool { rank >= .ineffective }
    }

    /// One way, by which no variable gives a max-fd.
    private static let noVariables: [[Scope.CarrierVariable]] = [[]]

    /// The max-fd by every way that leads to this server. Where some give one and some do not, it cannot be seen.
    func resolve() -> MaxFD {
        var ways = Self.noVariables
        for alternatives in scope.carriers() {
            ways = ways.flatMap { way in
                alternatives.map { alternative in way + (alternative.map { [$0] } ?? []) }
            }
            if ways.count > Scope.mostAlternatives { return MaxFD(state: .hidden) }
        }
        // Several conditions are taken to hold, or not to hold, together: that is as bad as it gets.
        let isSettled = options.maxFD.allSatisfy { $0.condition.map(holds) != .some(nil) }
        var merged: MaxFD?
        for way in ways {
            let result: MaxFD
            if let configuration {
                result = resolve(way, with: configuration)
            } else {
                let holding = resolve(way, assuming: true)
                result = isSettled ? holding : MaxFD.ofEither(holding, resolve(way, assuming: false))
            }
            merged = merged.map { MaxFD.ofEither($0, result) } ?? result
        }
        return withUnseen(merged ?? MaxFD(state: .unset))
    }

    /// The max-fd where there may be more than is seen.
    private func withUnseen(_ merged: MaxFD) -> MaxFD {
        if merged.isInForce, options.maxFD.isEmpty, merged.place == nil, scope.hasUnseenChanges {
            return MaxFD(state: .hidden, source: merged.source)
        }
        // Words that cannot be seen may be another max-fd, or none that counts.
        if options.hasUnreadWords, merged.isInForce || merged.state == .unset {
            return MaxFD(state: .hidden, source: merged.source)
        }
        return merged
    }

    private func resolve(_ variables: [Scope.CarrierVariable], assuming conditionsHold: Bool) -> MaxFD {
        let fromEnvironment = variables.compactMap(candidate(of:))
        var placeholders = Placeholders(options.exported)
        let fromOptions =
            options.maxFD
            .filter { $0.condition.map { holds($0) ?? conditionsHold } ?? true }
            .map { candidate(of: $0, &placeholders) }
        if let fatal = fromOptions.first(where: \.isFatal) { return state(.incurable, fatal) }
        if let fatal = fromEnvironment.first(where: \.isFatal) {
            // With max-fd among the options only a fatal variable matters, otherwise every bad one does, and one
            // replacement has to be enough.
            let last = fromOptions.last
            let bad = fromEnvironment.count { last == nil ? $0.isBad : $0.isFatal }
            return self.bad(.harmful, fatal, isOnly: bad == 1 && !(last?.isBad ?? false))
        }
        if let last = fromOptions.last {
            guard let value = last.value else { return state(.hidden, last) }
            guard value.effect == .effective else { return state(.incurable, last) }
            return inForce(last, value)
        }
        return resolveVariables(fromEnvironment)
    }

    /// Whether the condition of an `--if-…` holds; `nil` when that cannot be seen.
    private func holds(_ condition: ServerOptions.Condition) -> Bool? {
        let isNegated = condition.name.hasPrefix("if-not-")
        guard condition.name == "if-env" || condition.name == "if-not-env", condition.value.isKnown,
            !condition.value.contains("=")
        else { return nil }
        let contents = scope.exportedContents(of: condition.value)
        guard contents.count == 1, let content = contents.first else { return nil }
        switch content {
        case .unset: return isNegated
        case .text(TextMark.absent): return isNegated
        case .text(let text) where text.isKnown: return !isNegated
        default: return nil
        }
    }

    /// The environment's order is not its author's to choose, so of several variables the worst counts.
    func resolveVariables(_ candidates: [Candidate]) -> MaxFD {
        guard let worst = candidates.max(by: { $0.rank < $1.rank }) else { return resolveNothing() }
        guard let value = worst.value else { return state(.hidden, worst) }
        switch value.effect {
        case .effective:
            let largest = candidates.max { $0.value?.number ?? 0 < $1.value?.number ?? 0 } ?? worst
            return inForce(largest, largest.value ?? value)
        case .ineffective, .harmful:
            let isOnly = candidates.count(where: \.isBad) == 1
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
        if let limit = lowered {
            guard let count = limit.count else {
                return MaxFD(state: .hidden, source: limit.location.description)
            }
            return ofLimit(count, at: limit.location)
        }
        let unexported = scope.unexportedTexts(of: EnvironmentNames.maxFD)
        let wouldHelp =
            unexported.isEmpty
            ? scope.reaches(EnvironmentNames.maxFD)
            // Once the container has the variable, what a shell assigns to it is passed on.
            : unexported.allSatisfy { !$0.isKnown || MaxFDValue(reading: $0).effect == .effective }
        return wouldHelp ? MaxFD(state: .unset, cure: .add) : MaxFD(state: .incurable)
    }

    // MARK: Results

    /// The soft limit that the command line itself has lowered; it is never over the hard one.
    private var lowered: LoweredLimits.Limit? { scope.limits.soft }

    private func ofLimit(_ count: Int, at location: ArgumentLocation) -> MaxFD {
        MaxFD(
            state: count > ceiling ? .excessive : .set, value: String(count), number: count,
            source: location.description)
    }

    func inForce(_ candidate: Candidate, _ value: MaxFDValue) -> MaxFD {
        // uWSGI cannot go over the hard limit, and then keeps what it has. Source: setrlimit(2), and core/uwsgi.c.
        if let hard = scope.limits.hard, let most = hard.count, most < value.number {
            let limit = lowered ?? hard
            return ofLimit(min(limit.count ?? most, most), at: limit.location)
        }
        return state(value.number > ceiling ? .excessive : .set, candidate)
    }

    func state(_ state: MaxFD.State, _ candidate: Candidate) -> MaxFD {
        var place: FilePlace?
        if case .file(let found, _) = candidate.origin { place = found }
        return MaxFD(
            state: state, value: candidate.text.isKnown ? Evidence.quoted(shown(candidate)) : nil,
            number: candidate.value?.number,
            source: candidate.source, place: place)
    }

    /// A value of a variable that has to go: by replacing it, when it is the container's own and the only one.
    func bad(_ state: MaxFD.State, _ candidate: Candidate, isOnly: Bool) -> MaxFD {
        guard isOnly, let cure = cure(of: candidate) else { return self.state(.incurable, candidate) }
        var result = self.state(state, candidate)
        result.cure = cure
        return result
    }

    /// What replaces a value, where the container's own variables can.
    private func cure(of candidate: Candidate) -> Cure? {
        if case .variable(let variable) = candidate.origin, variable.isImages,
            variable.name == EnvironmentNames.maxFD
        {
            // The container's own variable replaces it.
            return .add
        }
        return candidate.variable.map { .replace(index: $0.index, prefix: $0.prefix) }
    }

    // MARK: Candidates

    func candidate(of variable: Scope.CarrierVariable) -> Candidate? {
        let source = (variable.isImages ? "image " : "") + Evidence.variable(variable.name)
        switch EnvironmentNames.carrier(variable.name) {
        case .maxFD:
            return candidate(
                substitute(variable.value), variable.value, origin: .variable(variable), source: source,
                variable: variable.index.map { ($0, "") })
        case .set:
            // A hidden UWSGI_SET is far more likely to set something else, so it says nothing.
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
            guard let entry = scope.container.entry(at: assignment.location) else {
                return ShownValue.expanded
            }
            return ShownValue.of(candidate.text, entry: entry, isScript: assignment.location.shell != nil)
        case .file(_, let isReplaced): return ShownValue.of(candidate.text, isReplaced: isReplaced)
        }
    }

    private func shown(_ text: String, of variable: Scope.CarrierVariable) -> String {
        guard let index = variable.index, scope.container.list.indices.contains(index),
            case .literal(let written) = scope.container.list[index].value
        else { return scope.container.shown(text) }
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
            origin: .option(assignment), source: assignment.location.description, variable: nil)
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
            let contents = scope.exportedContents(of: name)
            if contents.count != 1 { isKnown = false }
            if case .text(let value)? = contents.first {
                if value.isKnown { return value }
                if value != TextMark.absent { isKnown = false }
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
        let contents = scope.exportedContents(of: variable)
        if contents.count != 1 { return TextMark.unknown }
        if case .text(let value)? = contents.first, value != TextMark.absent { return value }
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
    var isInForce: Bool { state == .set || state == .excessive }

    /// The max-fd of one server that has either of two: where only one is in force, it cannot be seen.
    static func ofEither(_ a: MaxFD, _ b: MaxFD) -> MaxFD {
        if a.isInForce, b.isInForce { return a.number ?? 0 >= b.number ?? 0 ? a : b }
        if a.isInForce || b.isInForce || a.state == .hidden || b.state == .hidden {
            return MaxFD(state: .hidden, source: a.source ?? b.source, place: a.place ?? b.place)
        }
        return a.severity >= b.severity ? a : b
    }

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

extension Scope {
    /// Whether a shell gave a variable a value of its own that it does not pass on.
    fileprivate func unexportedTexts(of name: String) -> [String] {
        guard !isCleared, let variable = variables[name] else { return [] }
        return variable.members.compactMap { member in
            if case .text(let text) = member.content, !member.isExported { return text }
            return nil
        }
    }
}
