import Basics

/// What is learned of a node from its `/proc`, process by process.
///
/// A process costs memory only while it is looked at, unless it is uWSGI's or a runtime's. Files that are missing or
/// make no sense are normal: a process may end between one file and the next.
public struct NodeSurvey: Sendable {
    /// The files of a process that say what it is.
    public struct Files: Sendable {
        public var stat: [UInt8]
        public var limits: [UInt8]
        /// As much of it as was read.
        public var commandLine: [UInt8]

        public init(stat: [UInt8], limits: [UInt8], commandLine: [UInt8]) {
            self.stat = stat
            self.limits = limits
            self.commandLine = commandLine
        }
    }

    /// The files that are asked for only of uWSGI's processes.
    public struct MoreFiles: Sendable {
        public var status: [UInt8]
        public var cgroup: [UInt8]

        public init(status: [UInt8], cgroup: [UInt8]) {
            self.status = status
            self.cgroup = cgroup
        }
    }

    /// A container runtime or its like, and the limit that it runs with: its containers inherit it.
    public struct Runtime: Sendable, Hashable {
        public let name: String
        public let pid: Int
        public let limits: DescriptorLimits
    }

    /// uWSGI's processes that are listed; more are only counted.
    static let mostListed = 4096
    private static let mostRuntimes = 1024
    private static let mostCommandLines = 4096

    /// Names of runtimes, as far as the kernel keeps them (15 bytes).
    private static let runtimes: Set<String> = [
        "containerd", "containerd-shim", "containerd-shim-", "crio", "conmon", "conmonrs", "dockerd",
        "kubelet", "k3s",
        "k3s-server", "k3s-agent", "rke2",
    ]

    /// `fs.nr_open`: what `LimitNOFILE=infinity` means.
    public let mostOpen: Int?
    /// `fs.file-max`, for the node as a whole.
    public let fileMax: Int?
    /// Since the node's start, in seconds.
    private let uptime: Int
    private let ticksPerSecond: Int

    public private(set) var processes = 0
    /// Processes that are not uWSGI's and have a limit of more than 2^24.
    public private(set) var othersOverThreshold = 0
    public private(set) var runtimes: [Runtime] = []
    public private(set) var uwsgiCount = 0
    private var found: [Found] = []
    private var known: [[UInt8]: Bool] = [:]

    private struct Found: Sendable {
        var pid: Int
        var parent: Int
        var words: [String]
        var limits: DescriptorLimits
        var memory: ProcessMemory
        var container: ContainerIdentity
        var age: Int
    }

    /// - Parameters:
    ///   - mostOpen: `sys/fs/nr_open`.
    ///   - fileMax: `sys/fs/file-max`.
    ///   - uptime: `uptime`.
    public init(mostOpen: [UInt8], fileMax: [UInt8], uptime: [UInt8], ticksPerSecond: Int = 100) {
        func number(_ text: [UInt8]) -> Int? {
            Int(
                String(
                    decoding: text.prefix(while: \.isDecimalDigit),
                    as: UTF8.self))
        }
        self.mostOpen = number(mostOpen)
        self.fileMax = number(fileMax)
        self.uptime = number(uptime) ?? 0
        self.ticksPerSecond = max(ticksPerSecond, 1)
    }

    /// Takes note of a process.
    /// - Parameter more: reads its further files, if they are needed.
    public mutating func add(pid: Int, _ files: Files, more: () -> MoreFiles) {
        guard let limits = DescriptorLimits(files.limits), let stat = ProcessStat(files.stat) else { return }
        processes += 1
        if Self.runtimes.contains(stat.name), runtimes.count < Self.mostRuntimes {
            runtimes.append(Runtime(name: stat.name, pid: pid, limits: limits))
        }
        guard isUWSGI(name: stat.name, files.commandLine) else {
            if limits.soft > DangerousLimit.threshold { othersOverThreshold += 1 }
            return
        }
        uwsgiCount += 1
        guard found.count < Self.mostListed else { return }
        let further = more()
        found.append(
            Found(
                pid: pid, parent: stat.parent, words: UWSGIProcessRecognition.words(of: files.commandLine),
                limits: limits, memory: ProcessMemory(further.status),
                container: ContainerIdentity(further.cgroup),
                age: max(uptime - stat.startTicks / ticksPerSecond, 0)))
    }

    /// The same command lines come again and again; each is read once.
    private mutating func isUWSGI(name: String, _ commandLine: [UInt8]) -> Bool {
        if let answer = known[commandLine] { return answer || name == "uwsgi" }
        let answer = UWSGIProcessRecognition.isUWSGI(
            name: name, words: UWSGIProcessRecognition.words(of: commandLine))
        if known.count < Self.mostCommandLines { known[commandLine] = answer }
        return answer
    }

    /// uWSGI's processes: those that do harm first, and of those the largest.
    public var uwsgi: [UWSGIProcess] {
        let pids = Set(found.map(\.pid))
        return found.map { process in
            UWSGIProcess(
                pid: process.pid, parent: process.parent,
                role: UWSGIProcessRecognition.role(
                    words: process.words, limits: process.limits, memory: process.memory,
                    hasUWSGIParent: pids.contains(process.parent), age: process.age),
                limits: process.limits, memory: process.memory, container: process.container, age: process.age
            )
        }.sorted { a, b in
            (a.state.rank, -a.memory.resident, a.pid) < (b.state.rank, -b.memory.resident, b.pid)
        }
    }

    /// Whether something does harm, or will as soon as a uWSGI starts.
    public var isDangerous: Bool {
        uwsgi.contains { $0.state == .danger } || runtimes.contains { $0.isDangerous }
    }
}

extension NodeSurvey.Runtime {
    /// Whether its containers get a limit that does harm. What the kubelet has itself is not handed on.
    public var isDangerous: Bool { name != "kubelet" && limits.soft > DangerousLimit.threshold }
}

extension UWSGIProcess.State {
    fileprivate var rank: Int {
        switch self {
        case .danger: 0
        case .slow: 1
        case .safe: 2
        }
    }
}
