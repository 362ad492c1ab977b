/// The positional parameters of a shell by one way.
struct ParameterList: Hashable {
    var arguments: [Argument]
    /// Whether it comes by a way that its author means.
    var isExpected = true

    init(_ arguments: [Argument]) { self.arguments = arguments }

    var unexpected: ParameterList {
        var copy = self
        copy.isExpected = false
        return copy
    }

    var reach: Reach { isExpected ? .expected : .possible }

    /// How many there are; `nil` where that cannot be seen.
    var count: Int? { arguments.contains(where: \.isElastic) ? nil : arguments.count }

    /// The lists of either way; too many are one of which nothing is known.
    static func union(_ a: [ParameterList], _ b: [ParameterList]) -> [ParameterList] {
        if a == b { return a }
        var all = a
        for list in b {
            if let same = all.firstIndex(where: { $0.arguments == list.arguments }) {
                all[same].isExpected = all[same].isExpected || list.isExpected
            } else {
                all.append(list)
            }
        }
        return all.count <= Scope.mostAlternatives
            ? all : [ParameterList(Scope.anyArguments(all.map(\.arguments)))]
    }
}
