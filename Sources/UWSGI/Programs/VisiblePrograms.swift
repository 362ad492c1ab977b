/// Programs that are run for the answer in their exit status.
enum VisiblePrograms {
    private static let questions: Set<Substring> = [
        "pgrep", "pidof", "which", "whereis", "type", "hash", "nc", "ncat", "netcat", "curl", "wget", "ping",
        "test",
        "[", "[[", "cmp", "diff", "pg_isready", "getent", "id", "expr", "mountpoint", "kill", "killall",
        "pkill",
        "redis-cli", "mysqladmin", "nslookup", "host", "dig", "grep", "egrep", "fgrep", "rg",
    ]

    static func isQuestion(_ program: Recogniser.Program) -> Bool {
        questions.contains(program.name[...])
    }
}
