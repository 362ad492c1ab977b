/// A program that starts another one, which its arguments name: where in them that program stands, and what the
/// wrapper does to the environment on the way.
///
/// One row of ``WrapperTable``; the names of options are separated by spaces, one character for a letter, more for
/// a long name.
struct Wrapper: Sendable {
    /// How options are written.
    enum Style: Sendable {
        /// `getopt_long(3)`: letters may share a dash, a long name may be abbreviated.
        case gnu
        /// Letters as with `getopt`, long names in full.
        case plain
        /// Whole names behind one dash or two, as Go's flag package has it.
        case single
    }

    /// What stands where the program is expected.
    enum Payload: Sendable {
        /// The program and its arguments, each a word.
        case program
        /// The program, only behind `--`.
        case programAfterSeparator
        /// Command lines, each word one for a shell.
        case scripts
        /// Python's own arguments: a script, or `-m` and a module.
        case python
        /// A shell's own arguments.
        case shell
        /// The program's name stands behind that of an environment and a colon: `prod:uwsgi`.
        case programInEnvironment
    }

    /// The wrapper's own names.
    var names: [Substring]
    /// Words of which one has to come before the program: `run` in `poetry run`.
    var subcommands: [Substring]
    var style: Style
    /// Options that take a value.
    var values: [Substring]
    /// Options without a value: those whose whole name is the beginning of another's, or all of them.
    var flags: [Substring]
    /// Whether all its options are in the row, so that it refuses others. So it is of the few that POSIX or nearly every
    /// system has, and that look for the program along `PATH`.
    var refusesOthers: Bool
    /// Whether it fails where no program follows.
    var failsAlone: Bool
    /// Operands before the program: a user, a duration, a lock.
    var operands: Int
    /// Whether `NAME=VALUE` before the program sets a variable.
    var takesAssignments: Bool
    var payload: Payload
    /// Whether variables are kept from the program.
    var clears: Bool
    /// Options that keep variables from the program.
    var clearing: [Substring]
    /// Options that let variables through in spite of `clears`, all or those named.
    var keeping: [Substring]
    /// Options whose value names a variable to take away.
    var unsetting: [Substring]
    /// Options whose value is a command line for a shell.
    var scripts: [Substring]
    /// Options whose value is split into words, which stand in its place.
    var splitting: [Substring]
    /// Options with which no program is started: the wrapper does something to one that runs.
    var attaching: [Substring]
    /// Options whose value is the program; its arguments stand behind `--`.
    var programs: [Substring]
    /// Options whose value lowers the limit of open files.
    var limits: Limits
    /// Options with which it only sometimes starts the program: for each line of its input.
    var doubting: [Substring]

    /// How a wrapper takes a limit of open files.
    enum Limits: Sendable {
        case none
        /// An option with a number: `-o 4096`. The soft limit alone is lowered.
        case soft(option: Substring)
        /// `soft:hard` behind an equals sign or a letter, either part or one number for both: `--nofile=4096`.
        case pair(options: [Substring])
        /// `LimitNOFILE=` among the values of an option.
        case property(options: [Substring])
    }

    init(
        _ names: String, _ subcommands: String = "", style: Style = .plain, values: String = "",
        flags: String = "", refusesOthers: Bool = false,
        failsAlone: Bool = false,
        operands: Int = 0, assignments: Bool = false, payload: Payload = .program, clears: Bool = false,
        clearing: String = "", keeping: String = "", unsetting: String = "", scripts: String = "",
        splitting: String = "", attaching: String = "", programs: String = "", limits: Limits = .none,
        doubting: String = ""
    ) {
        self.names = names.split(separator: " ")
        self.subcommands = subcommands.split(separator: " ")
        self.style = style
        self.unsetting = unsetting.split(separator: " ")
        self.scripts = scripts.split(separator: " ")
        self.splitting = splitting.split(separator: " ")
        self.programs = programs.split(separator: " ")
        self.values =
            values.split(separator: " ") + self.unsetting + self.scripts + self.splitting + self.programs
        self.flags = flags.split(separator: " ")
        self.refusesOthers = refusesOthers
        self.failsAlone = failsAlone
        self.operands = operands
        takesAssignments = assignments
        self.limits = limits
        self.doubting = doubting.split(separator: " ")
        self.payload = payload
        self.clears = clears
        self.clearing = clearing.split(separator: " ")
        self.keeping = keeping.split(separator: " ")
        self.attaching = attaching.split(separator: " ")
    }
}
