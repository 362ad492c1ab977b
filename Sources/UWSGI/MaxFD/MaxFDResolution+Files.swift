/// max-fd where files say something of it.
extension MaxFDResolution {
    /// The max-fd with the variables of one way. A file that is not known is taken not to change max-fd.
    func resolve(_ way: [Scope.CarrierVariable], with configuration: MergedConfiguration) -> MaxFD {
        let results = configuration.read(way).map { reading in
            let own = resolve(way, reading.summary, configuration.given)
            // A vassal inherits what is in force in its emperor.
            guard own.state == .unset, !reading.vassals.isEmpty else { return own }
            let vassals = reading.vassals.map { resolve(way, $0, configuration.given) }
            return Self.worst(vassals + (reading.mayHaveMoreVassals ? [own] : [])) ?? own
        }
        return Self.worst(results) ?? MaxFD(state: .unset)
    }

    /// Of several that are not their author's to choose between the worst counts, and of two limits the larger.
    private static func worst(_ results: [MaxFD]) -> MaxFD? {
        results.dropFirst().reduce(results.first) { worst, other in
            guard let worst else { return other }
            if worst.isInForce, other.isInForce { return MaxFD.ofEither(worst, other) }
            return other.severity > worst.severity ? other : worst
        }
    }

    private func resolve(
        _ way: [Scope.CarrierVariable], _ summary: ConfigurationSummary, _ given: [GivenOption]
    ) -> MaxFD {
        let fromEnvironment = way.compactMap(candidate(of:))
        let values = summary.maxFD.filter { !$0.isUnread }
        if let fatal = fromEnvironment.first(where: \.isFatal) {
            let isDecided = !values.isEmpty && !summary.maxFDMayBeUnset
            let bad = fromEnvironment.count { isDecided ? $0.isFatal : $0.isBad }
            return self.bad(
                .harmful, fatal, isOnly: bad == 1 && values.allSatisfy { $0.number ?? 0 >= MaxFDValue.least })
        }
        var results = values.map { resolve($0, fromEnvironment, given) }
        if summary.maxFDMayBeUnset {
            results += summary.ineffective.map { resolve($0, fromEnvironment, given) }
            if summary.ineffective.isEmpty { results.append(resolveVariables(fromEnvironment)) }
        }
        return results.dropFirst().reduce(results.first ?? resolveVariables(fromEnvironment)) {
            MaxFD.ofEither($0, $1)
        }
    }

    private func resolve(
        _ value: ConfigurationSummary.MaxFD, _ fromEnvironment: [Candidate], _ given: [GivenOption]
    ) -> MaxFD {
        var isFile = false
        let origin: Origin
        let source: String
        switch value.origin {
        case .file(let path, let line):
            let place = FilePlace(path: path, line: line)
            origin = .file(place, isReplaced: value.isReplaced)
            source = Evidence.place(place)
            isFile = true
        case .given(let index):
            guard given.indices.contains(index) else { return resolveVariables(fromEnvironment) }
            let location = given[index].location
            origin = .option(ServerOptions.Assignment(text: value.text, location: location, position: 0))
            source = location.description
        }
        let candidate = Candidate(
            text: value.text, origin: origin, source: source,
            value: value.number.map { _ in MaxFDValue(reading: value.text) })
        guard let read = candidate.value else { return state(.hidden, candidate) }
        return switch read.effect {
        case .effective: inForce(candidate, read)
        case .ineffective: state(isFile ? .ineffective : .incurable, candidate)
        case .harmful: state(isFile ? .harmful : .incurable, candidate)
        }
    }
}
