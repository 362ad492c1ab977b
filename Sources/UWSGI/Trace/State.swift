import ShellSyntax

/// How sure it is that control comes to a point at all.
enum Reach: Comparable {
    /// A variable would have to hold a text that hardly any holds.
    case improbable
    /// A variable that the specification does not mention would have to be set, or something like it.
    case possible
    /// A command would have to fail that its author expects to succeed.
    case afterFailure
    /// Everything went as its author means it to.
    case expected
}

/// What the last program was on the ways that lead to a point.
struct ProgramKinds: OptionSet {
    let rawValue: UInt8
    static let server = ProgramKinds(rawValue: 1)
    /// Visible, and not uWSGI.
    static let other = ProgramKinds(rawValue: 2)
    /// What it does cannot be seen.
    static let opaque = ProgramKinds(rawValue: 4)
}

/// The ways that lead to a point.
struct Ways: Equatable {
    /// The surest of them.
    var reach = Reach.expected
    /// Whether uWSGI was started on every one that its author means.
    var haveServed = false
    var lastPrograms: ProgramKinds = []

    /// The ways of either. One that its author means leaves another one behind: its reach is the reach of both, and
    /// whether uWSGI was started is asked of it alone.
    static func join(_ a: Ways?, _ b: Ways?) -> Ways? {
        guard let a else { return b }
        guard let b else { return a }
        var joined = a.reach < b.reach ? b : a
        if a.reach == b.reach { joined.haveServed = a.haveServed && b.haveServed }
        joined.lastPrograms = a.lastPrograms.union(b.lastPrograms)
        return joined
    }
}

/// Everything that is known at a point of a command line: by which ways control comes there, and what a shell and
/// a process would find. A value; its larger part is shared by copies until one of them is changed.
struct State {
    var ways = Ways()
    private var storage: Storage

    private final class Storage {
        var scope: Scope
        init(_ scope: consuming Scope) { self.scope = scope }
    }

    init(_ scope: consuming Scope) { storage = Storage(scope) }

    var reach: Reach {
        get { ways.reach }
        set { ways.reach = newValue }
    }
    var hasServed: Bool {
        get { ways.haveServed }
        set { ways.haveServed = newValue }
    }
    var lastPrograms: ProgramKinds {
        get { ways.lastPrograms }
        set { ways.lastPrograms = newValue }
    }

    /// What a shell and a process would find here.
    var scope: Scope {
        _read { yield storage.scope }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.scope) }
            yield &storage.scope
        }
    }

    /// The state where two ways meet: each variable, `$@`, each function and file is whatever it is on either
    /// way.
    static func join(_ a: State?, _ b: State?) -> State? {
        guard var a else { return b }
        guard var b else { return a }
        if a.reach < b.reach { swap(&a, &b) }
        var joined = a
        joined.ways = Ways.join(a.ways, b.ways) ?? a.ways
        if a.storage !== b.storage {
            joined.scope = a.scope.joined(with: b.scope, isLessExpected: b.reach < a.reach)
        }
        return joined
    }

    /// This state on a way that is at most so sure.
    func reached(_ limit: Reach) -> State {
        var copy = self
        copy.reach = min(reach, limit)
        return copy
    }

    /// Whether nothing was changed between two states, but for the ways that lead to them.
    func sharesScope(with other: State) -> Bool { storage === other.storage }

    /// Whether two states hold the same, as one and itself joined with another do when the other adds nothing.
    func isEquivalent(to other: State) -> Bool {
        ways == other.ways && (storage === other.storage || scope.isEquivalent(to: other.scope))
    }

    /// This state, where whatever has changed since an earlier one may be anything: so loops come to an end.
    func widened(from earlier: State) -> State {
        if storage === earlier.storage { return self }
        var copy = self
        copy.scope = scope.widened(from: earlier.scope)
        return copy
    }

    /// This state, where what was printed so far may be anything.
    var printingAnything: State {
        guard let output = scope.output else { return self }
        var copy = self
        copy.scope.output = [Scope.anyText(output)]
        return copy
    }

    /// Takes over what another state says of the ways, but not what is in it.
    mutating func take(waysOf other: State) {
        let hadServed = hasServed
        ways = other.ways
        hasServed = hadServed || hasServed
    }

    /// The state where two ways meet, of which nothing but the ways, the files and what was printed matters.
    static func joinApart(_ a: State?, _ b: State?) -> State? {
        guard var a, let b else { return a ?? b }
        guard a.scope.files.isSame(as: b.scope.files), a.scope.output == b.scope.output else {
            return join(a, b)
        }
        a.ways = Ways.join(a.ways, b.ways) ?? a.ways
        return a
    }
}
