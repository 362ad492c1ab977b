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

    /// The interpreter that a script's first line names, and the one argument that may stand behind it; `nil` without
    /// such a line. Source: execve(2), "Interpreter scripts".
    static func interpreterLine(of text: String) -> [String]? {
        guard text.hasPrefix("#!") else { return nil }
        let line = text.utf8.dropFirst(2).prefix { $0 != 0x0A && $0 != 0x0D }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let interpreter = line.drop(while: isBlank).prefix { !isBlank($0) }
        guard !interpreter.isEmpty else { return nil }
        var argument = line[interpreter.endIndex...].drop(while: isBlank)
        while let last = argument.last, isBlank(last) { argument.removeLast() }
        return [interpreter, argument].filter { !$0.isEmpty }.map { String(Substring($0)) }
    }

    /// Whether a script's name says that it starts uWSGI: `start-uwsgi.sh`, but not `wait-for-uwsgi.sh`.
    static func suggestsUWSGI(_ path: String) -> Bool {
        let name = path.lastPathComponent
        guard name.utf8.count <= 64 else { return false }
        // Names differ by case: `UWSGI` is not a program.
        if name.lowercased() == "uwsgi" { return name == "uwsgi" }
        let parts = name.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." }
        return parts.contains("uwsgi") && !parts.contains { otherPurposes.contains($0[...]) }
    }
}
