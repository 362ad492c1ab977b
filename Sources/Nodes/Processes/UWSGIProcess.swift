import UWSGI

/// A process of a uWSGI server that runs on the node.
public struct UWSGIProcess: Sendable, Hashable {
    /// What it does within its server.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// A gateway (`http`, `fastrouter` …): it holds the table.
        case router
        case worker
        case master
        /// Nothing shows it.
        case unknown
    }

    /// Whether its limit does harm.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// A router, or what may be one, with a limit of more than 2^24.
        case danger
        /// No router, with a limit of more than 2^24: it costs processor time at reloads, cron jobs and daemons.
        case slow
        case safe
    }

    public let pid: Int
    public let parent: Int
    public let role: Role
    public let limits: DescriptorLimits
    public let memory: ProcessMemory
    public let container: ContainerIdentity
    /// Since its start, in seconds.
    public let age: Int

    /// What the table of a router of these limits takes, in bytes.
    public var expectedTable: Int { RouterTable.bytes(limit: limits.soft) }

    public var state: State {
        guard limits.soft > DangerousLimit.threshold else { return .safe }
        return role == .router || role == .unknown ? .danger : .slow
    }
}

/// Tells the processes of uWSGI from others, and what each does.
enum UWSGIProcessRecognition {
    /// The words of `/proc/PID/cmdline`; the last may have been cut.
    static func words(of cmdline: [UInt8]) -> [String] {
        var words = cmdline.split(separator: 0, omittingEmptySubsequences: false)
        if words.last?.isEmpty == true { words.removeLast() }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the process itself is uWSGI, rather than a shell or a wrapper that has started one.
    static func isUWSGI(name: String, words: [String]) -> Bool {
        // With `procname` or `auto-procname` the command line is one word: `uWSGI http 1`.
        if let title = words.first, title.hasPrefix("uWSGI ") { return true }
        guard let program = words.first else { return name == "uwsgi" }
        let detection = Detector().detect(ContainerSpecification(image: "", command: words))
        guard detection.certainty == .certain, let evidence = detection.evidence.first else {
            return name == "uwsgi"
        }
        if evidence.hasPrefix("command[0]") { return true }
        // A console script of Python: the process is python, and uWSGI runs inside it.
        return program.split(separator: "/").last?.hasPrefix("python") == true
            && (evidence.hasPrefix("command[1]") || evidence.hasPrefix("command[2]"))
    }

    private static let routers = ["http", "fastrouter", "rawrouter", "sslrouter", "forkptyrouter"]

    /// How long a router may take to fill its table before it is taken for a worker, in seconds: 2^30 entries took 23 s
    /// of processor time.
    private static let longestFilling = 120

    /// - Parameters:
    ///   - hasUWSGIParent: whether the process that started it is uWSGI too.
    ///   - age: in seconds.
    static func role(
        words: [String], limits: DescriptorLimits, memory: ProcessMemory, hasUWSGIParent: Bool, age: Int
    ) -> UWSGIProcess.Role {
        if let title = words.first, title.hasPrefix("uWSGI ") {
            let kind = title.dropFirst(6).prefix { $0 != " " }
            if routers.contains(String(kind)) { return .router }
            return kind == "master" ? .master : .worker
        }
        guard hasUWSGIParent else { return .master }
        // A router has written to the whole of its table. That distinguishes it from others where the table is large; where it
        // is small, or still being filled, nothing does.
        guard limits.soft > DangerousLimit.threshold else { return .unknown }
        if memory.anonymous >= RouterTable.bytes(limit: limits.soft) / 16 * 15 { return .router }
        return age < longestFilling ? .unknown : .worker
    }
}
