extension ConfigurationReader {
    /// Asks an open `if` or `for` what it does now: uWSGI asks again for each option.
    mutating func outcome(of logic: OptionLogic) -> LogicOutcome {
        let argument = logic.argument
        guard budget.spend(bytes: argument.count + 16) else { return .perhaps(.unknown) }
        switch logic.kind {
        case .option: return asked(argument, logic.isNegated) { $0.list.first($1) }
        case .variable: return asked(argument, logic.isNegated) { $0.variable($1) }
        case .reload: return logic.isNegated ? .once(nil) : .never
        case .hostname:
            let isSame = argument.isKnownText ? world.hostname.map { Array($0.utf8) == argument } : nil
            return .ifTrue(isSame.map { $0 != logic.isNegated }, argument)
        case .file, .folder, .existing:
            return .ifTrue(exists(argument, logic.kind).map { $0 != logic.isNegated }, argument)
        // Which plugins a build contains, and regular expressions, are not known here.
        case .plugin, .hostnamePattern: return .perhaps(argument)
        case .list:
            guard argument.isKnownText else { return .perhaps(.unknown) }
            return LogicOutcome(replacements: argument.tokens(0x20))
        case .glob: return .once(Self.isPattern(argument) ? .unknown : argument)
        case .times: return times(argument)
        case .lines: return lines(argument)
        }
    }

    /// `name` or `name=value`.
    private func asked(
        _ argument: ConfigurationText, _ isNegated: Bool,
        _ look: (ConfigurationReader, ConfigurationText) -> OptionList.Lookup
    ) -> LogicOutcome {
        guard argument.isKnownText else { return .perhaps(.unknown) }
        let equals = argument.firstIndex(of: UInt8(ascii: "="))
        let wanted = equals.map { Array(argument[($0 + 1)...]) }
        switch look(self, Array(argument[..<(equals ?? argument.endIndex)])) {
        case .unknown: return .perhaps(.unknown)
        case .absent: return isNegated ? .once(nil) : .never
        case .value(let value):
            guard value.isKnownText || wanted == nil else { return .perhaps(.unknown) }
            let holds = wanted.map { $0 == value } ?? true
            return holds != isNegated ? .once(value) : .never
        }
    }

    private mutating func exists(_ path: ConfigurationText, _ kind: OptionLogic.Kind) -> Bool? {
        guard path.isKnownText else { return nil }
        guard !path.isEmpty else { return false }
        switch look(path) {
        case .bytes: return kind != .folder
        case .folder: return kind != .file
        case .absent: return false
        case .unknown: return nil
        }
    }

    /// `glob(3)` gives the pattern itself when nothing fits, so an option counts at least once. What fits, and
    /// whether the path is a folder's, to which it adds a slash, is not followed.
    private static func isPattern(_ text: ConfigurationText) -> Bool {
        text.contains { "*?[\\/\0".utf8.contains($0) }
    }

    private func times(_ argument: ConfigurationText) -> LogicOutcome {
        guard argument.isKnownText else { return .perhaps(.unknown) }
        let count = MaxFDValue(reading: argument.string).number
        guard count > 0 else { return .never }
        guard count <= min(budget.options, 1024) else { return .once(.unknown) }
        return LogicOutcome(replacements: (1...count).map { Array(String($0).utf8) })
    }

    private mutating func lines(_ path: ConfigurationText) -> LogicOutcome {
        guard path.isKnownText else { return .perhaps(.unknown) }
        guard case .bytes(let bytes) = look(path) else {
            return exists(path, .existing) == false ? .never : .perhaps(.unknown)
        }
        guard budget.spend(bytes: bytes.count) else { return .perhaps(.unknown) }
        // fgets(3) takes at most 1023 bytes at once.
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count <= 1024, lines.allSatisfy({ $0.count < 1023 && !$0.contains(0) }) else {
            return .perhaps(.unknown)
        }
        let ended = bytes.isEmpty || bytes.last == 0x0A ? lines.dropLast() : lines[...]
        return LogicOutcome(
            replacements: ended.map { line in
                Array(line.reversed().drop { $0 == 0x0D }.reversed())
            })
    }

    // MARK: The world

    func variable(_ name: ConfigurationText) -> OptionList.Lookup {
        guard name.isKnownText else { return .unknown }
        if let value = variables[name] { return value.isKnownText ? .value(value) : .unknown }
        if hasUnknownVariables { return .unknown }
        return switch world.variable(name.string) {
        case .value(let text): .value(Array(text.utf8))
        case .absent: .absent
        case .unknown: .unknown
        }
    }

    mutating func look(_ path: ConfigurationText) -> ConfigurationFile {
        let name = world.resolved(path)
        let file = world.file(name)
        if file == .unknown { noteUnread(name) }
        return file
    }
}
