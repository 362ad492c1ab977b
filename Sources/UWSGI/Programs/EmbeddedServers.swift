import Basics

/// Programs that are not called uWSGI and run it all the same, with the words that say so.
enum EmbeddedServers {
    /// What a command line amounts to.
    enum Match {
        /// It runs uWSGI, with these words as options.
        case server(ArraySlice<Argument>)
        /// It starts uWSGI in some versions, and another server in others.
        case depends
    }

    /// - Parameters:
    ///   - name: the program's name, without folder.
    ///   - words: what follows it.
    ///   - image: whose tag can give the version.
    static func match(_ name: String, _ words: ArraySlice<Argument>, image: String = "") -> Match? {
        let operands = words.drop { $0.text.hasPrefix("-") }
        let first = operands.first?.text
        switch name {
        // nautobot/core/cli: `nautobot-server start` calls pyuwsgi.run() with the arguments that follow.
        case "nautobot-server":
            guard let index = words.firstIndex(where: { $0.text == "start" }) else { return nil }
            return .server(words[(index + 1)...])
        // django-uwsgi's and pyuwsgi's management commands.
        case "manage.py", "django-admin", "django-admin.py", "manage":
            let commands = ["runuwsgi", "pyuwsgi"]
            if let first, commands.contains(first) { return .server(operands.dropFirst()) }
            // An option's value stands before it: `--settings x runuwsgi`.
            guard words.first?.text.hasPrefix("-") ?? false,
                let index = words.prefix(4).firstIndex(where: { commands.contains($0.text) })
            else { return nil }
            return .server(words[(index + 1)...])
        // Toolforge's webservice-runner: the type names the server.
        case "webservice-runner":
            guard let index = words.firstIndex(where: { $0.text.includes("uwsgi") }) else { return nil }
            return .server(words[(index + 1)...])
        case "nix":
            guard first == "run", operands.dropFirst().first?.text.hasSuffix("#uwsgi") ?? false else {
                return nil
            }
            return .server(operands.drop { $0.text != "--" }.dropFirst())
        // An entry point's keyword of Label Studio: deploy/docker-entrypoint.sh execs uwsgi.
        case "label-studio-uwsgi": return .server(words[words.endIndex...])
        // src/sentry/runner/commands/run.py until the turn of 2025; snuba/cli/api.py until 2025-12.
        case "sentry":
            let rest = operands.dropFirst().drop { $0.text.hasPrefix("-") }
            return first == "run" && rest.first?.text == "web" && !isAfterUWSGI(image) ? .depends : nil
        case "snuba": return first == "api" && !isAfterUWSGI(image) ? .depends : nil
        default: return nil
        }
    }

    /// Whether a tag such as `26.1.0` says that Sentry and its services have left uWSGI behind: getsentry/sentry
    /// PR 106089 and getsentry/snuba PR 7566 are in what was released since 2026.
    private static func isAfterUWSGI(_ image: String) -> Bool {
        guard let colon = image.lastIndex(of: ":") else { return false }
        let tag = image[image.index(after: colon)...]
        let year = tag.utf8.prefix(while: \.isDecimalDigit)
        return tag.utf8.dropFirst(year.count).first == UInt8(ascii: ".") && year.count == 2
            && Int(Substring(year)) ?? 0 >= 26
    }
}
