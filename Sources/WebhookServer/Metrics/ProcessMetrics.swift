import System
import Glibc

/// What the system knows of this process, under the names that all Prometheus clients use.
struct ProcessMetrics: Sendable, Equatable {
    var cpuSeconds: Double
    var startTimeSeconds: Double
    var residentBytes: Int
    var virtualBytes: Int
    var threads: Int
    var openDescriptors: Int
    /// `nil` when there is no limit.
    var maximumDescriptors: Int?

    /// Reads `/proc`; `nil` where there is none. Source: proc(5), `/proc/pid/stat` and `/proc/stat`.
    static func read() -> ProcessMetrics? {
        guard let stat = text(of: "/proc/self/stat"), let boot = text(of: "/proc/stat").flatMap(bootTime)
        else { return nil }
        return ProcessMetrics(
            stat: stat, bootTime: boot, ticksPerSecond: sysconf(CInt(_SC_CLK_TCK)),
            pageSize: sysconf(CInt(_SC_PAGESIZE)), openDescriptors: countDescriptors() ?? 0,
            maximumDescriptors: DescriptorLimit.current?.soft)
    }

    private static func text(of path: String) -> String? {
        (try? FileReading.bytes(of: path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// How many file descriptors this process has open, without the one that it takes to count them.
    private static func countDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // `.`, `..`, and the folder itself.
        return max(0, count - 3)
    }

    /// Reads the fields of `/proc/self/stat` that are shown.
    init?(
        stat: String, bootTime: Int, ticksPerSecond: Int, pageSize: Int, openDescriptors: Int,
        maximumDescriptors: Int?
    ) {
        // The second field is the program's name in parentheses, which may itself hold blanks and parentheses.
        guard let nameEnd = stat.utf8.lastIndex(of: UInt8(ascii: ")")), ticksPerSecond > 0 else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
        // The first of these is the manual's field number 3.
        func field(_ number: Int) -> Int? {
            fields.indices.contains(number - 3) ? Int(fields[number - 3]) : nil
        }
        guard let userTicks = field(14), let systemTicks = field(15), let threads = field(20),
            let startTicks = field(22), let virtualBytes = field(23), let residentPages = field(24)
        else { return nil }
        cpuSeconds = Double(userTicks + systemTicks) / Double(ticksPerSecond)
        startTimeSeconds = Double(bootTime) + Double(startTicks) / Double(ticksPerSecond)
        residentBytes = residentPages * pageSize
        self.virtualBytes = virtualBytes
        self.threads = threads
        self.openDescriptors = openDescriptors
        self.maximumDescriptors = maximumDescriptors
    }

    /// The line `btime` of `/proc/stat`: when the system started, in seconds since 1970.
    static func bootTime(_ stat: String) -> Int? {
        for line in stat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Int(line.dropFirst("btime ".count))
        }
        return nil
    }

    func write(to text: inout MetricsText) {
        text.family("process_cpu_seconds_total", .counter, "User and system CPU time spent in seconds.")
        text.sample("process_cpu_seconds_total", [], cpuSeconds)
        text.family(
            "process_start_time_seconds", .gauge,
            "Start time of the process since unix epoch in seconds.")
        text.sample("process_start_time_seconds", [], startTimeSeconds)
        text.single(
            "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", residentBytes)
        text.single("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.", virtualBytes)
        text.single("process_threads", .gauge, "Number of OS threads in the process.", threads)
        text.single("process_open_fds", .gauge, "Number of open file descriptors.", openDescriptors)
        if let maximumDescriptors {
            text.single(
                "process_max_fds", .gauge, "Maximum number of open file descriptors.", maximumDescriptors)
        }
    }
}

/// The limit of open file descriptors (getrlimit(2), `RLIMIT_NOFILE`).
struct DescriptorLimit: Sendable, Equatable {
    /// `nil` when there is no limit.
    var soft: Int?
    var hard: Int?

    static var current: DescriptorLimit? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return DescriptorLimit(soft: Int(exactly: limit.rlim_cur), hard: Int(exactly: limit.rlim_max))
    }

    /// Raises the soft limit to what is needed, as far as the hard limit lets it.
    static func raise(to needed: Int) -> DescriptorLimit? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        if limit.rlim_cur < rlim_t(needed) {
            limit.rlim_cur = min(rlim_t(needed), limit.rlim_max)
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return current
    }
}
