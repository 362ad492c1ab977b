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
            let copy = Storage(copying: storage)
            storage = copy
            return copy
        }

        /// Whether two are the same copy; different copies may still be equal.
        func isSame(as other: Rest) -> Bool { storage === other.storage }
    }

    fileprivate final class Storage {
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

        init(copying other: Storage?) {
            guard let other else { return }
            callables = other.callables
            files = other.files
            limits = other.limits
            input = other.input
            output = other.output
            manyWayedCommand = other.manyWayedCommand
            locals = other.locals
            traps = other.traps
            attributes = other.attributes
            behaviour = other.behaviour
            missingPrograms = other.missingPrograms
            directory = other.directory
        }
    }

    var callables: PersistentMap<Callable> {
        get { rest.storage?.callables ?? PersistentMap() }
        _modify { yield &rest.owned().callables }
    }

    var files: PersistentMap<File> {
        get { rest.storage?.files ?? PersistentMap() }
        _modify { yield &rest.owned().files }
    }

    var limits: LoweredLimits {
        get { rest.storage?.limits ?? LoweredLimits() }
        _modify { yield &rest.owned().limits }
    }

    /// What can be read from standard input; `nil` when it cannot be seen.
    var input: [String]? {
        get { rest.storage?.input }
        _modify { yield &rest.owned().input }
    }

    /// What was printed where somebody collects it.
    var output: [String]? {
        get { rest.storage?.output }
        _modify { yield &rest.owned().output }
    }

    /// The command whose words may be read in several ways, each of which is followed: a number of its own.
    var manyWayedCommand: Int? {
        get { rest.storage?.manyWayedCommand }
        set { if newValue != manyWayedCommand { rest.owned().manyWayedCommand = newValue } }
    }

    /// Variables to restore when the function ends.
    var locals: [String] {
        get { rest.storage?.locals ?? [] }
        _modify { yield &rest.owned().locals }
    }

    /// What a shell runs later: `trap action condition`.
    var traps: [Trap] {
        get { rest.storage?.traps ?? [] }
        _modify { yield &rest.owned().traps }
    }

    /// What a shell remembers of variables beside their values.
    var attributes: PersistentMap<VariableAttributes> {
        get { rest.storage?.attributes ?? PersistentMap() }
        _modify { yield &rest.owned().attributes }
    }

    /// Options of bash that are on by some way.
    var behaviour: BashBehaviour {
        get { rest.storage?.behaviour ?? [] }
        set { if newValue != behaviour { rest.owned().behaviour = newValue } }
    }

    /// Names that the shell looked up as commands, and did not find, before anything ran that may install them.
    var missingPrograms: [String] {
        get { rest.storage?.missingPrograms ?? [] }
        _modify { yield &rest.owned().missingPrograms }
    }

    /// The working directory, where it is known.
    var directory: String? {
        get { rest.storage?.directory }
        _modify { yield &rest.owned().directory }
    }
}
