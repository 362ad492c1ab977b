/// `uwsgi_opt_load` and `uwsgi_opt_load_*` in core/uwsgi.c, `uwsgi_open_and_read` in core/io.c.
extension ConfigurationReader {
    /// Addresses that uWSGI reads instead of files: a program's output, a server's answer. Source:
    /// `uwsgi_setup_schemes` in core/io.c.
    private static let schemes: [String] = [
        "emperor://", "http://", "data://", "sym://", "section://", "fd://", "exec://", "call://",
        "callint://",
    ]

    /// Reads a file whose name tells its format.
    /// - Parameter byName: whether uWSGI knows such names itself; otherwise only a plugin may.
    mutating func load(_ name: ConfigurationText, byName: Bool, _ origin: OptionOrigin) {
        guard !hasEnded else { return }
        guard name.isKnownText else { return addUnknown(from: origin) }
        if byName, let format = ConfigurationFormat(fileName: name) {
            let outer = magic.isHeld
            magic.isHeld = true
            load(name, as: format, origin)
            magic.isHeld = outer
        } else {
            addUnknown(from: origin)
            // The Lua plugin reads files of its own: plugins/lua/lua_plugin.c.
            fail(
                "uWSGI cannot tell the format of \(name.string)", origin,
                isCertain: !name.ends(with: ".lua"))
        }
    }

    /// Reads a file as one of a format.
    mutating func load(
        _ name: ConfigurationText, as format: ConfigurationFormat, _ origin: OptionOrigin
    ) {
        guard !hasEnded else { return }
        guard name.isKnownText else { return addUnknown(from: origin) }
        if name == ConfigurationText("-") || Self.schemes.contains(where: { name.starts(with: $0.utf8) }) {
            magic.fill(addressOf: name)
            noteUnread(name.string)
            return addUnknown(from: origin)
        }
        guard nest(origin) else { return }
        defer { depth -= 1 }
        let isFirst = magic.fill(name, in: world)
        let colon = name.lastIndex(of: UInt8(ascii: ":"))
        var path = Array(name[..<(colon ?? name.endIndex)])
        if path.isEmpty, colon != nil, case .ini = format, let lastFile { path = lastFile }
        guard let bytes = bytes(of: path, origin) else { return }
        if case .ini = format { lastFile = isCertain ? path : .unknown }
        guard let (text, offset) = injected(bytes, origin) else { return }
        let isTerminated = if case .xml = format { false } else { true }
        let parsed = format.read(
            MagicText(text, magic, isTerminated: isTerminated),
            section: colon.map { Array(name[($0 + 1)...]) },
            by: build)
        add(parsed, from: world.resolved(path), offset: offset)
        switch format {
        case .ini, .yaml: if isFirst { magic.endFirst(name) }
        case .json, .xml: break
        }
    }

    private mutating func add(_ parsed: ParsedConfiguration, from path: String, offset: Int) {
        let outer = isCertain
        for (index, option) in parsed.options.enumerated() where !hasEnded {
            let origin = OptionOrigin.file(path: path, line: max(1, option.line - offset))
            let next = index + 1 < parsed.options.count ? parsed.options[index + 1].certainty : .certain
            isCertain = outer && option.certainty == .certain
            if option.certainty == .alternative || next == .alternative {
                addDisputed(option, origin)
            } else {
                add(option.name, option.value, origin)
            }
        }
        isCertain = outer
        if let failure = parsed.failure {
            fail(
                failure.reason, .file(path: path, line: max(1, failure.line - offset)),
                isCertain: failure.isCertain)
        }
    }

    /// Lists an option of which it is not known whether it is this or the one beside it.
    private mutating func addDisputed(_ option: ParsedConfiguration.Option, _ origin: OptionOrigin) {
        let isImmediate =
            ImmediateOptions.names.contains(option.name.string)
            || customOptions.contains { $0.name == option.name }
        guard logic == nil || isLogicRunning, !isImmediate, option.name.isKnownText else {
            isCertain = false
            add(option.name, option.value, origin)
            return
        }
        guard budget.spendOption(), budget.spend(bytes: option.value.count + 16) else { return }
        list.append(
            OptionList.Entry(
                name: option.name, value: option.value, origin: origin,
                certainty: isCertain ? .certain : option.certainty == .alternative ? .alternative : .possible)
        )
    }

    /// A file's bytes; `nil` when uWSGI exits over it, or they are not known.
    private mutating func bytes(of path: ConfigurationText, _ origin: OptionOrigin) -> [UInt8]? {
        guard path.isKnownText else {
            addUnknown(from: origin)
            return nil
        }
        guard !path.isEmpty else {
            fail("the file has no name", origin)
            return nil
        }
        switch look(path) {
        case .bytes(let bytes):
            if budget.spend(bytes: bytes.count) { return bytes }
            addUnknown(from: origin)
        case .absent: fail("there is no file \(path.string)", origin)
        case .folder: fail("\(path.string) is a folder", origin, isCertain: false)
        case .unknown: addUnknown(from: origin)
        }
        return nil
    }

    /// A file's text with what `inject-before` and `inject-after` put around it, and by how many lines that moves it.
    private mutating func injected(_ bytes: [UInt8], _ origin: OptionOrigin) -> ([UInt8], offset: Int)? {
        guard !before.isEmpty || !after.isEmpty else { return (bytes, 0) }
        var text: [UInt8] = []
        for name in before {
            guard let part = self.bytes(of: name, origin) else { return nil }
            text += part
        }
        let offset = text.count { $0 == 0x0A }
        text += bytes
        for name in after {
            guard let part = self.bytes(of: name, origin) else { return nil }
            text += part
        }
        return (text, offset)
    }
}
