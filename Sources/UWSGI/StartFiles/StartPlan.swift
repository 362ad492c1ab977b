/// The programs that a supervisor starts beside each other, as its files say.
struct StartPlan {
    struct Program {
        enum Start {
            /// A program and its arguments.
            case words([String])
            /// A command line for a shell.
            case script(String)
        }

        var start: Start
        /// Where it stands: evidence names it.
        var place: String
        var environment: [(name: String, value: String)] = []
        var directory: String?
        /// Whether it is started only when somebody asks for it.
        var isOnDemand = false
    }

    var programs: [Program] = []
    /// Whether there may be others.
    var mayHaveMore = false
    /// Whether any of the files is known.
    var isKnown = false

    /// More than these are not followed.
    static let most = 256

    mutating func add(_ program: Program) {
        if programs.count < Self.most { programs.append(program) } else { mayHaveMore = true }
    }
}

/// Which files say what a program starts.
enum StartFiles {
    /// `supervisord`, with the file of `-c`.
    case supervisor(configuration: String?)
    /// `honcho start`, with the processes that are named; all when none is.
    case procfile(path: String, folder: String?, processes: [String])
    /// `kolla_start`
    case kolla
    /// `s6-svscan`, `runsvdir`: each folder in these holds a program named `run`.
    case serviceFolders([String])
}
