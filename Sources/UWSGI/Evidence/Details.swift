/// What is visible of a container's uWSGI beyond its max-fd: for people who read a report.
public struct Details: Sendable, Hashable {
    /// How many router processes the visible options start; each takes 8 bytes for every descriptor of its
    /// limit. `nil` when configuration that cannot be seen may start some.
    /// Source: plugins/corerouter/corerouter.c, `cr_table`.
    public var routerProcesses: Int?
    /// The options that start routers, such as `--http`.
    public var routers: [String]
    /// Things that would go wrong and that a person should know, in whole sentences.
    public var hazards: [String]

    public init(routerProcesses: Int? = nil, routers: [String] = [], hazards: [String] = []) {
        self.routerProcesses = routerProcesses
        self.routers = routers
        self.hazards = hazards
    }
}
