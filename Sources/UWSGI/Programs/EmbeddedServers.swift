/// Programs that are not called uWSGI and run it all the same, with the words that say so.
enum EmbeddedServers {
    /// What a command line amounts to.
    enum Match {
        /// It runs uWSGI, with these words as options.
        case server(ArraySlice<Word>)
        /// It starts uWSGI in some versions, and another server in others.
        case depends
    }

    /// - Parameters:
    ///   - name: the program's name, without folder.
    ///   - words: what follows it.
    static func match(_ name: Substring, _ words: ArraySlice<Word>) -> Match? {
        let operands = words.drop { $0.text.hasPrefix("-") }
        let first = operands.first?.text
        switch name {
        // nautobot/core/cli: `nautobot-server start` calls pyuwsgi.run() with the arguments that follow.
        case "nautobot-server":
            guard let index = words.firstIndex(where: { $0.text == "start" }) else { return nil }
            return .server(words[(index + 1)...])
        // django-uwsgi's and pyuwsgi's management commands.
        case "manage.py", "django-admin", "django-admin.py", "manage":
            guard let first, first == "runuwsgi" || first == "pyuwsgi" else { return nil }
            return .server(operands.dropFirst())
        // An entry point's keyword of Label Studio: deploy/docker-entrypoint.sh execs uwsgi.
        case "label-studio-uwsgi": return .server(words[words.endIndex...])
        // src/sentry/runner/commands/run.py until the turn of 2025; snuba/cli/api.py until 2025-12.
        case "sentry":
            let rest = operands.dropFirst().drop { $0.text.hasPrefix("-") }
            return first == "run" && rest.first?.text == "web" ? .depends : nil
        case "snuba": return first == "api" ? .depends : nil
        default: return nil
        }
    }
}
