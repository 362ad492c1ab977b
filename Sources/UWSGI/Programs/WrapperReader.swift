/// Takes a wrapper off a command line.
struct WrapperReader {
    /// What the wrapper starts.
    enum Payload {
        /// A program and its arguments.
        case program(ArraySlice<Argument>)
        /// The same, if it comes to it at all.
        case perhaps(ArraySlice<Argument>)
        /// Command lines for a shell.
        case scripts([Argument])
        /// What would stand behind `python`.
        case python(ArraySlice<Argument>)
        /// What would stand behind `bash`.
        case shell(ArraySlice<Argument>)
        /// Nothing, as it does not know an option or lacks a program; what would have stood behind.
        case refused(ArraySlice<Argument>)
        /// Nothing: it only waits, or works on a process that runs already.
        case nothing

        var commandLine: ArraySlice<Argument>? {
            if case .program(let line) = self { return line }
            return nil
        }
    }

    let wrapper: Wrapper
    private var reader: OptionReader
    private var scripts: [Argument] = []
    private var program: Argument?
    private var attaches = false
    private var isDoubtful = false
    private var isRefused = false
    private var wasCleared = false
    private var beforeClearing: Scope?

    private init(_ wrapper: Wrapper, _ words: ArraySlice<Argument>) {
        self.wrapper = wrapper
        reader = OptionReader(words, wrapper.style == .single ? .names : .letters)
    }

    /// - Parameters:
    ///   - words: the command line from behind the wrapper's own name.
    ///   - environment: changed as the wrapper changes it.
    /// - Returns: `nil` when the row does not fit: another subcommand was asked for.
    static func read(
        _ wrapper: Wrapper, _ words: ArraySlice<Argument>, scope: inout Scope
    ) -> Payload? {
        var reader = WrapperReader(wrapper, words)
        return reader.run(&scope)
    }

    private mutating func run(_ scope: inout Scope) -> Payload? {
        // Whether options let variables through is known only after they were read, so the wrapper's own
        // clearing is done first.
        wasCleared = scope.isCleared
        if wrapper.clears {
            beforeClearing = scope
            scope.clear()
        }
        var operandsLeft = wrapper.operands
        var needsSubcommand = !wrapper.subcommands.isEmpty
        var optionsHaveEnded = false
        scan: while true {
            if !reader.isBetweenWords, let option = reader.next() {
                apply(option, &scope)
                continue
            }
            guard let word = reader.words.first else { break }
            if word.text == "--", !needsSubcommand {
                reader.words.removeFirst()
                // Operands and assignments may stand behind the separator: `env -- NAME=VALUE program`.
                let hasMore = operandsLeft > 0 || wrapper.takesAssignments
                guard hasMore, !optionsHaveEnded, wrapper.payload != .programAfterSeparator else {
                    break scan
                }
                optionsHaveEnded = true
                continue
            }
            if !optionsHaveEnded, let option = reader.next() {
                apply(option, &scope)
                continue
            }
            if word.text == "-", !wrapper.clearing.isEmpty {
                reader.words.removeFirst()
                scope.clear()
                continue
            }
            if needsSubcommand {
                guard wrapper.subcommands.contains(word.text[...]) else { return nil }
                needsSubcommand = false
                reader.words.removeFirst()
                continue
            }
            if wrapper.takesAssignments, let (name, value) = ServerOptions.setting(word.text) {
                reader.words.removeFirst()
                scope.export(name, value)
                // Behind an assignment `env` takes anything for the program.
                if wrapper.refusesOthers { optionsHaveEnded = true }
                continue
            }
            if operandsLeft > 0 {
                reader.words.removeFirst()
                operandsLeft -= 1
                continue
            }
            guard wrapper.payload == .programAfterSeparator else { break scan }
            reader.words.removeFirst()
        }
        return needsSubcommand ? nil : payload
    }

    private var payload: Payload {
        let words = reader.words
        if attaches { return .nothing }
        if !scripts.isEmpty { return .scripts(scripts) }
        if let program { return .program([program] + words) }
        if isRefused || words.isEmpty && wrapper.failsAlone { return .refused(words) }
        if words.isEmpty { return .nothing }
        if isDoubtful { return .perhaps(words) }
        return switch wrapper.payload {
        case .program, .programAfterSeparator: .program(words)
        case .scripts: .scripts(Array(words))
        case .python: .python(words)
        case .shell: .shell(words)
        case .programInEnvironment: .program(withoutEnvironment(words))
        }
    }

    private func withoutEnvironment(_ words: ArraySlice<Argument>) -> ArraySlice<Argument> {
        var words = words
        guard var first = words.first, let colon = first.text.firstIndex(of: ":") else { return words }
        first.text = String(first.text[first.text.index(after: colon)...])
        words[words.startIndex] = first
        return words
    }

    // MARK: Options

    /// The long name of which this is the beginning, where beginnings are allowed.
    private func fullName(_ name: Substring) -> Substring {
        guard wrapper.style == .gnu, name.utf8.count >= 2 else { return name }
        let known = [
            wrapper.flags, wrapper.values, wrapper.clearing, wrapper.keeping, wrapper.attaching,
            wrapper.doubting,
        ]
        if known.contains(where: { $0.contains(name) }) { return name }
        for names in known {
            if let full = names.first(where: { $0.utf8.count > 1 && $0.hasPrefix(name) }) { return full }
        }
        return name
    }

    private func refuses(_ name: Substring) -> Bool {
        !name.isEmpty
            && ![wrapper.flags, wrapper.values, wrapper.clearing, wrapper.attaching, wrapper.doubting]
                .contains { $0.contains(name) }
    }

    private mutating func apply(_ option: OptionReader.Option, _ scope: inout Scope) {
        let name = option.isLong ? fullName(option.name) : option.name
        if wrapper.attaching.contains(name) { attaches = true }
        if wrapper.doubting.contains(name) { isDoubtful = true }
        if wrapper.refusesOthers && refuses(name) { isRefused = true }
        if wrapper.clearing.contains(name) { scope.clear() }
        // Of a letter the values that may be missing are not read.
        if wrapper.keeping.contains(name) { keep(option.isLong ? reader.inlineValue() : nil, &scope) }
        if case .pair(let options) = wrapper.limits, options.contains(name), let pair = reader.inlineValue() {
            lower(pair: pair, &scope)
        }
        guard wrapper.values.contains(name) else { return }
        var inline = reader.inlineValue()
        // `-u=user` is not a getopt spelling, but several newer programs take it.
        if !option.isLong, wrapper.style == .plain, inline?.first == "=" { inline?.removeFirst() }
        guard let word = inline.map({ Argument($0, at: reader.location) }) ?? reader.words.popFirst() else {
            return
        }
        if wrapper.unsetting.contains(name) { scope.unset(word.text) }
        switch wrapper.limits {
        case .soft(let option) where option == name:
            scope.limits.soft = LoweredLimits.Limit(count: Int(word.text), location: word.location)
        case .property(let options) where options.contains(name):
            reader.location = word.location
            if word.text.hasPrefix("LimitNOFILE=") { lower(pair: String(word.text.dropFirst(12)), &scope) }
        default: break
        }
        if wrapper.scripts.contains(name) { scripts.append(word) }
        if wrapper.programs.contains(name) { program = word }
        if wrapper.splitting.contains(name) {
            let split = StringSplitting.split(word.text).map { Argument($0, at: word.location) }
            reader.words = split + reader.words
        }
    }

    /// `soft:hard`, or one number for both.
    private mutating func lower(pair: String, _ scope: inout Scope) {
        let parts = pair.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let soft = parts.first, let hard = parts.last else { return }
        func limit(_ text: String) -> LoweredLimits.Limit? {
            if text.isEmpty || text == "unlimited" || text == "infinity" { return nil }
            return LoweredLimits.Limit(count: Int(text), location: reader.location)
        }
        // A hard limit below the soft one is refused.
        if soft.isEmpty, !hard.isEmpty { isDoubtful = true }
        if let limit = limit(soft) { scope.limits.soft = limit }
        if let limit = limit(hard) { scope.limits.lowerHard(to: limit) }
    }

    /// Lets variables through: all, or those in a list.
    private func keep(_ list: String?, _ scope: inout Scope) {
        guard let list else {
            if let beforeClearing { scope = beforeClearing }
            return
        }
        guard !wasCleared else { return }
        for name in list.split(separator: ",") { scope.inherit(String(name)) }
    }
}
