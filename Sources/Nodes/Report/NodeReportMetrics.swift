/// A survey as Prometheus' text format has it; label values come from fixed lists.
public enum NodeReportMetrics {
    public static func rendered(_ survey: NodeSurvey) -> String {
        var lines = [
            "# HELP uwsgi_max_fd_node_nofile_limit The limit of file descriptors, by where it comes from: what the kernel allows "
                + "at most, and what a runtime hands out.",
            "# TYPE uwsgi_max_fd_node_nofile_limit gauge",
        ]
        for (source, limit) in limits(survey) {
            lines.append("uwsgi_max_fd_node_nofile_limit{source=\"\(source)\"} \(limit)")
        }
        lines.append(
            "# HELP uwsgi_max_fd_node_uwsgi_processes uWSGI's processes, by whether their limit does harm.")
        lines.append("# TYPE uwsgi_max_fd_node_uwsgi_processes gauge")
        let uwsgi = survey.uwsgi
        for state in UWSGIProcess.State.allCases {
            let count = uwsgi.count { $0.state == state }
            lines.append("uwsgi_max_fd_node_uwsgi_processes{state=\"\(state.rawValue)\"} \(count)")
        }
        let routers = uwsgi.filter { $0.role == .router }.map(\.memory.resident)
        lines.append(
            "# HELP uwsgi_max_fd_node_uwsgi_router_bytes Resident memory of the largest uWSGI router, in bytes."
        )
        lines.append("# TYPE uwsgi_max_fd_node_uwsgi_router_bytes gauge")
        lines.append("uwsgi_max_fd_node_uwsgi_router_bytes \(routers.max() ?? 0)")
        lines.append(
            "# HELP uwsgi_max_fd_node_uwsgi_routers uWSGI's routers that could be told from other processes.")
        lines.append("# TYPE uwsgi_max_fd_node_uwsgi_routers gauge")
        lines.append("uwsgi_max_fd_node_uwsgi_routers \(routers.count)")
        lines.append(
            "# HELP uwsgi_max_fd_node_other_processes_over_threshold Other processes with a limit of more than 2^24."
        )
        lines.append("# TYPE uwsgi_max_fd_node_other_processes_over_threshold gauge")
        lines.append("uwsgi_max_fd_node_other_processes_over_threshold \(survey.othersOverThreshold)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The sources that exist here, of several processes of one kind the highest.
    static func limits(_ survey: NodeSurvey) -> [(source: String, limit: Int)] {
        var limits: [(source: String, limit: Int)] = []
        if let mostOpen = survey.mostOpen { limits.append(("nr_open", mostOpen)) }
        if let fileMax = survey.fileMax { limits.append(("file_max", fileMax)) }
        for family in [
            "containerd", "containerd-shim", "crio", "conmon", "dockerd", "kubelet", "k3s", "rke2",
        ] {
            let own = survey.runtimes.filter { self.family($0.name) == family }.map(\.limits.soft)
            if let highest = own.max() { limits.append((family, highest)) }
        }
        return limits
    }

    private static func family(_ name: String) -> String {
        if name.hasPrefix("containerd-shim") { return "containerd-shim" }
        if name.hasPrefix("conmon") { return "conmon" }
        return name.hasPrefix("k3s") ? "k3s" : name
    }
}
