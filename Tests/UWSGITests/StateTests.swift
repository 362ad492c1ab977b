import Testing

@testable import UWSGI

/// What is known where two ways meet.
@Suite struct StateTests {
    private func state(_ change: (inout State) -> Void = { _ in }) -> State {
        let container = ContainerSpecification(image: "example")
        var state = State(Scope(ContainerVariables(container, expansionBudget: 1 << 10)))
        change(&state)
        return state
    }

    /// A variable after an `if`: whatever it holds at the end of either branch.
    @Test func `Variables are joined`() {
        let start = state()
        var left = start
        left.scope.assign("A", "1")
        var right = start
        right.scope.assign("A", "2")
        right.scope.assign("B", "3")
        let joined = State.join(left, right)
        #expect(joined?.scope.texts(of: "A") == ["1", "2"])
        #expect(joined?.scope.texts(of: "B") == [TextMark.absent, "3"])
    }

    /// More values than a set holds are anything, of which what they were made of may be a part.
    @Test func `Many values are anything`() {
        var joined: State? = state()
        for index in 0..<20 {
            let other = state { $0.scope.assign("A", index == 7 ? "uwsgi" : String(index)) }
            joined = State.join(joined, other)
        }
        #expect(joined?.scope.texts(of: "A").contains { $0.mayNameUWSGI } ?? false)
        #expect(joined?.scope.texts(of: "A").count ?? 99 <= Variable.mostMembers)
    }

    /// uWSGI was started where it was on each way that is meant.
    @Test(arguments: [
        (Reach.expected, true, Reach.expected, true, true), (.expected, true, .expected, false, false),
        (.expected, true, .possible, false, true), (.afterFailure, false, .expected, true, true),
        (.possible, true, .expected, false, false), (.possible, true, .possible, false, false),
    ])
    func `Served is joined`(
        _ reach: Reach, _ hasServed: Bool, _ otherReach: Reach, _ otherHasServed: Bool, _ expected: Bool
    ) throws {
        let joined = try #require(
            State.join(
                state { ($0.reach, $0.hasServed) = (reach, hasServed) },
                state { ($0.reach, $0.hasServed) = (otherReach, otherHasServed) }))
        #expect(joined.hasServed == expected && joined.reach == max(reach, otherReach))
    }

    @Test func `Limits are joined to the larger`() {
        let place = ArgumentLocation(list: .command, index: 0)
        func limits(_ count: Int?) -> LoweredLimits {
            LoweredLimits(soft: LoweredLimits.Limit(count: count, location: place))
        }
        #expect(limits(1).joined(with: limits(2)).soft?.count == 2)
        #expect(limits(1).joined(with: LoweredLimits()).soft == .init(count: nil, location: place))
        #expect(limits(1).joined(with: limits(nil)).soft?.count == nil)
    }

    @Test func `Maps share and join`() {
        var map = PersistentMap<Int>()
        for index in 0..<5000 { map["name\(index)"] = index }
        var left = map
        left["name17"] = -1
        left["left"] = 1
        var right = map
        right["name18"] = nil
        var asked = 0
        let joined = left.joined(with: right) { _, mine, theirs in
            asked += 1
            return (mine ?? 0) + (theirs ?? 0)
        }
        // Only what changed on either side, and what lies beside it in the trie, is looked at.
        #expect(asked < 200)
        #expect(joined["left"] == 1 && joined["name17"] == 16 && joined["name18"] == 18)
        #expect(joined["name4000"] == 4000 && joined["none"] == nil)
        #expect(map["name17"] == 17 && map["name18"] == 18)
    }
}
