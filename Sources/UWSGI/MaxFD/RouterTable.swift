import Basics

/// The table that makes a large limit dangerous: each router process of uWSGI allocates and clears one with an entry,
/// a pointer, for each file descriptor that it may open.
/// Source: uWSGI `plugins/corerouter/corerouter.c`, `cr_table`.
public enum RouterTable {
    /// What an entry takes, in bytes.
    public static let entrySize = 8
    /// The most router processes that one uWSGI can have. Source: uWSGI `uwsgi.h`, `MAX_GATEWAYS`.
    public static let mostProcesses = 64

    /// What the tables of some router processes take, in bytes; at most the largest number there is.
    /// - Parameter limit: the limit of open files that they run under, in file descriptors.
    public static func bytes(limit: Int, processes: Int = 1) -> Int {
        max(limit, 0).multipliedSaturated(by: entrySize).multipliedSaturated(by: max(processes, 0))
    }
}
