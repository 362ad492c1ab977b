/// What speaks for uWSGI where the program itself cannot be seen.
package enum Hints {
    /// The entries of evidence that a container gives; empty when nothing speaks for uWSGI.
    /// - Parameters:
    ///   - variables: the container's.
    ///   - arguments: what the unseen program is given, when nothing else reads it.
    static func evidence(
        _ container: ContainerSpecification, _ variables: ContainerVariables, arguments: ArraySlice<Argument>
    ) -> [String] {
        var entries: [String] = []
        func add(_ entry: String) {
            if entries.isEmpty { entries.reserveCapacity(Evidence.most) }
            entries.append(entry)
        }
        if let first = arguments.first, areOptions(arguments) {
            let entry = container.entry(at: first.location)
            add(Evidence.program(ShownValue.name(optionName(first.text), entry: entry), at: first.location))
        }
        for mount in container.mounts where entries.count < Evidence.most {
            if isConfiguration(mount) { add(Evidence.mount(mount.path)) }
        }
        for concern in variables.concerns where entries.count < Evidence.most {
            let name = variables.list[concern.index].name
            guard isHint(name, concern.meaning) else { continue }
            let entry = Evidence.variable(name)
            // Of one name there may be several variables.
            if !entries.contains(entry) { add(entry) }
        }
        for variable in container.imageConfiguration?.environment ?? [] where entries.count < Evidence.most {
            let entry = "image " + Evidence.variable(variable.name)
            if isHint(variable.name), !entries.contains(entry), variables.index(of: variable.name) == nil {
                add(entry)
            }
        }
        return entries
    }

    /// An option without its value, which may be anything.
    private static func optionName(_ text: String) -> Substring {
        // A short option may have its value right behind it.
        if text.hasPrefix("-"), !text.hasPrefix("--") { return text.prefix(2) }
        return text[..<(text.firstIndex(of: "=") ?? text.endIndex)]
    }

    // MARK: Variables

    /// Parts of names with which another program is told where uWSGI is.
    private static let addressParts: Set<Substring> = [
        "HOST", "HOSTNAME", "PASS", "UPSTREAM", "BACKEND", "SERVER", "SERVERS", "ADDRESS", "ADDR", "URL",
        "URI",
        "ENDPOINT", "TARGET", "EXPORTER",
    ]

    /// Whether a variable is one that nobody sets but for uWSGI: an option of its own, or a name that begins like
    /// one and neither tells where uWSGI is nor was made by the cluster for a service.
    static func isHint(_ name: String) -> Bool {
        EnvironmentNames.meaning(of: name).map { isHint(name, $0) } ?? false
    }

    private static func isHint(_ name: String, _ meaning: EnvironmentNames.Meaning) -> Bool {
        if case .option = meaning { return true }
        if EnvironmentNames.isServiceLink(name) { return false }
        return !name.split(separator: "_").contains { addressParts.contains($0) }
    }

    // MARK: Files

    /// Whether a mount is a configuration of uWSGI: a file of one of its formats that is named for it, or a folder
    /// of such below `/etc`.
    package static func isConfiguration(_ mount: Mount) -> Bool {
        guard mount.path.utf8.count <= 4096,
            UWSGIWord.isSpelled(in: mount.path) || UWSGIWord.isSpelled(in: mount.subPath)
        else { return false }
        let path = mount.path.lowercased()
        if ["nginx", "apache", "httpd", "exporter"].contains(where: { path.includes($0) }) { return false }
        let suffixes = [".ini", ".yaml", ".yml", ".xml", ".json"]
        if suffixes.contains(where: { path.ends(with: $0) }) { return true }
        return path == "/etc/uwsgi" || path.hasPrefix("/etc/uwsgi/")
    }

    // MARK: Arguments

    /// Options that hardly any other program has.
    private static let distinctive: Set<String> = [
        "ini", "http", "https", "http-socket", "https-socket", "socket", "uwsgi-socket", "wsgi-file",
        "module", "wsgi",
        "master", "plugin", "plugins", "need-plugin", "emperor", "max-fd", "die-on-term", "need-app",
        "enable-threads",
        "thunder-lock", "harakiri", "lazy-apps", "http-auto-chunked", "http-keepalive", "py-autoreload",
        "pythonpath",
        "virtualenv", "callable", "mount", "manage-script-name", "static-map", "gevent", "cheaper",
        "buffer-size",
        "fastrouter", "rawrouter", "processes", "offload-threads", "single-interpreter",
    ]

    /// Whether words begin like options, and not like a program with its arguments.
    static func mayBeOptions(_ words: ArraySlice<Argument>) -> Bool {
        guard let first = words.first?.text else { return false }
        return first.hasPrefix("-") || ServerOptionsReader.isConfigurationFile(first)
    }

    /// Whether words are a command line of uWSGI without its name: all options are its own, one at least belongs
    /// to hardly any other program, and none is a helper's.
    static func areOptions(_ words: ArraySlice<Argument>) -> Bool {
        guard mayBeOptions(words) else { return false }
        let options = ServerOptionsReader.read(words)
        guard options.helper == nil, !options.hasUnknownOptions, !options.hasOddValues else { return false }
        return options.longNames.contains { distinctive.contains($0) }
    }
}
