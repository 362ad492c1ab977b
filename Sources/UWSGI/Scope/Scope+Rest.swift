/// What most scripts leave as it is: copies of a scope share it, so that a copy costs little.
extension Scope {
    /// Everything of a scope that is seldom changed, shared until it is.
    struct Rest {
        /// `nil` as long as nothing has been changed.
        fileprivate var storage: Storage?

        init() {}

        /// What belongs to this copy alone, for a change.
        fileprivate mutating func owned() -> Storage {
            if isKnownUniquelyReferenced(&storage), let storage { return storage }
            let copy = Storage(storage?.contents ?? Contents())
            storage = copy
            return copy
        }

        /// Whether two are the same copy; different copies may still be equal.
        func isSame(as other: Rest) -> Bool { storage === other.storage }
    }

    fileprivate final class Storage {
        var contents: Contents

        init(_ contents: Contents) { self.contents = contents }
    }

    fileprivate struct Contents {
        var callables = PersistentMap<Callable>()
        var files = PersistentMap<File>()
        var limits = LoweredLimits()
        var input: [String]?
        var output: [String]?
        var manyWayedCommand: Int?
        var locals: [String] = []
        var traps: [Trap] = []
        var attributes = PersistentMap<VariableAttributes>()
        var behaviour: BashBehaviour = []
        var missingPrograms: [String] = []
        var directory: String?
    }

    var callables: PersistentMap<Callable> {
        get { rest.storage?.contents.callables ?? PersistentMap() }
        _modify { yield &rest.owned().contents.callables }
    }

    var files: PersistentMap<File> {
        get { rest.storage?.contents.files ?? PersistentMap() }
        _modify { yield &rest.owned().contents.files }
    }

    var limits: LoweredLimits {
        get { rest.storage?.contents.limits ?? LoweredLimits() }
        _modify { yield &rest.owned().contents.limits }
    }

    /// What can be read from standard input; `nil` when it cannot be seen.
    var input: [String]? {
        get { rest.storage?.contents.input }
        _modify { yield &rest.owned().contents.input }
    }

    /// What was printed where somebody collects it.
    var output: [String]? {
        get { rest.storage?.contents.output }
        _modify { yield &rest.owned().contents.output }
    }

    /// The command whose words may be read in several ways, each of which is followed: a number of its own.
    var manyWayedCommand: Int? {
        get { rest.storage?.contents.manyWayedCommand }
        set { if newValue != manyWayedCommand { rest.owned().contents.manyWayedCommand = newValue } }
    }

    /// Variables to restore when the function ends.
    var locals: [String] {
        get { rest.storage?.contents.locals ?? [] }
        _modify { yield &rest.owned().contents.locals }
    }

    /// What a shell runs later: `trap action condition`.
    var traps: [Trap] {
        get { rest.storage?.contents.traps ?? [] }
        _modify { yield &rest.owned().contents.traps }
    }

    /// What a shell remembers of variables beside their values.
    var attributes: PersistentMap<VariableAttributes> {
        get { rest.storage?.contents.attributes ?? PersistentMap() }
        _modify { yield &rest.owned().contents.attributes }
    }

    /// Options of bash that are on by some way.
    var behaviour: BashBehaviour {
        get { rest.storage?.contents.behaviour ?? [] }
        set { if newValue != behaviour { rest.owned().contents.behaviour = newValue } }
    }

    /// Names that the shell looked up as commands, and did not find, before anything ran that may install them.
    var missingPrograms: [String] {
        get { rest.storage?.contents.missingPrograms ?? [] }
        _modify { yield &rest.owned().contents.missingPrograms }
    }

    /// The working directory, where it is known.
    var directory: String? {
        get { rest.storage?.contents.directory }
        _modify { yield &rest.owned().contents.directory }
    }
}
