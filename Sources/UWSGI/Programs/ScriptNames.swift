/// What the name of a script says about uWSGI.
enum ScriptNames {
    private static let otherPurposes: Set<Substring> = [
        "wait", "for", "stop", "kill", "check", "healthcheck", "health", "probe", "install", "build", "test",
        "reload",
        "restart", "top", "log", "logs", "exporter", "stats", "status", "nginx", "celery", "worker", "curl",
        "proxy",
        "tools", "sloth", "ctl", "admin", "console", "manager", "monitor", "metrics", "client", "setup",
        "config", "configure", "no", "without",
    ]

    /// Whether a script's name says that it starts uWSGI: `start-uwsgi.sh`, but not `wait-for-uwsgi.sh`.
    static func suggestsUWSGI(_ path: String) -> Bool {
        let name = path.lastPathComponent
        guard name.utf8.count <= 64 else { return false }
        // Names are told apart by case: `UWSGI` is not a program.
        if name.lowercased() == "uwsgi" { return name == "uwsgi" }
        let parts = name.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." }
        return parts.contains("uwsgi") && !parts.contains { otherPurposes.contains($0[...]) }
    }
}
