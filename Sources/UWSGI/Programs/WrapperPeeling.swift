/// Takes a wrapper off a command line.
struct WrapperPeeling {
    /// What the wrapper starts.
    enum Payload {
        /// A program and its arguments.
        case program(ArraySlice<Word>)
        /// Command lines for a shell.
        case scripts([Word])
        /// What would stand behind `python`.
        case python(ArraySlice<Word>)
        /// Nothing: it only waits, or works on a process that runs already.
        case nothing
    }

    let wrapper: Wrapper
    private var words: ArraySlice<Word>
    private var scripts: [Word] = []
    private var program: Word?
    private var attaches = false
    private var wasCleared = false
    private var beforeClearing = 0

    private init(_ wrapper: Wrapper, _ words: ArraySlice<Word>) {
        self.wrapper = wrapper
        self.words = words
    }

    /// - Parameters:
    ///   - words: the command line from behind the wrapper's own name.
    ///   - environment: changed as the wrapper changes it.
    /// - Returns: `nil` when the row does not fit: another subcommand was asked for.
    static func peel(
        _ wrapper: Wrapper, _ words: ArraySlice<Word>, environment: inout ProcessEnvironment
    ) -> Payload? {
        var peeling = WrapperPeeling(wrapper, words)
        return peeling.run(&environment)
    }

    private mutating func run(_ environment: inout ProcessEnvironment) -> Payload? {
        // Whether options let variables through is known only after they were read, so the wrapper's own
        // clearing is done first.
        wasCleared = environment.isCleared
        beforeClearing = environment.mark
        if wrapper.clears { environment.clear() }
        var operandsLeft = wrapper.operands
        var needsSubcommand = !wrapper.subcommands.isEmpty
        var optionsHaveEnded = false
        scan: while let word = words.first {
            if word.text == "--", !needsSubcommand {
                words.removeFirst()
                // Operands and assignments may stand behind the separator: `env -- NAME=VALUE program`.
                let hasMore = operandsLeft > 0 || wrapper.takesAssignments
                guard hasMore, !optionsHaveEnded, wrapper.payload != .programAfterSeparator else {
                    break scan
                }
                optionsHaveEnded = true
                continue
            }
            if word.text.utf8.first == UInt8(ascii: "-"), word.text.utf8.count > 1, !optionsHaveEnded {
                words.removeFirst()
                readOption(word.text, &environment)
                continue
            }
            if word.text == "-", !wrapper.clearing.isEmpty {
                words.removeFirst()
                environment.clear()
                continue
            }
            if needsSubcommand {
                guard wrapper.subcommands.contains(word.text[...]) else { return nil }
                needsSubcommand = false
                words.removeFirst()
                continue
            }
            if wrapper.takesAssignments, let (name, value) = ServerOptions.setting(word.text) {
                words.removeFirst()
                environment.export(name, value)
                continue
            }
            if operandsLeft > 0 {
                words.removeFirst()
                operandsLeft -= 1
                continue
            }
            guard wrapper.payload == .programAfterSeparator else { break scan }
            words.removeFirst()
        }
        return needsSubcommand ? nil : payload
    }

    private var payload: Payload {
        if attaches { return .nothing }
        if !scripts.isEmpty { return .scripts(scripts) }
        if let program { return .program([program] + words) }
        if words.isEmpty { return .nothing }
        return switch wrapper.payload {
        case .program, .programAfterSeparator: .program(words)
        case .scripts: .scripts(Array(words))
        case .python: .python(words)
        }
    }

    // MARK: Options

    private mutating func readOption(_ text: String, _ environment: inout ProcessEnvironment) {
        let isLong = text.hasPrefix("--") || wrapper.style == .single
        if isLong {
            let body = text.drop { $0 == "-" }
            let equals = body.firstIndex(of: "=")
            let name = fullName(body[..<(equals ?? body.endIndex)])
            let inline = equals.map { String(body[body.index(after: $0)...]) }
            apply(name, inline: inline, &environment)
        } else {
            readLetters(text.dropFirst(), &environment)
        }
    }

    /// The long name of which this is the beginning, where beginnings are allowed.
    private func fullName(_ name: Substring) -> Substring {
        guard wrapper.style == .gnu, name.utf8.count >= 2 else { return name }
        let known = [wrapper.flags, wrapper.values, wrapper.clearing, wrapper.keeping, wrapper.attaching]
        if known.contains(where: { $0.contains(name) }) { return name }
        for names in known {
            if let full = names.first(where: { $0.utf8.count > 1 && $0.hasPrefix(name) }) { return full }
        }
        return name
    }

    private mutating func readLetters(_ letters: Substring, _ environment: inout ProcessEnvironment) {
        var rest = letters
        while let letter = rest.popFirst() {
            let name = Substring(String(letter))
            if wrapper.values.contains(name) {
                var inline = rest.isEmpty ? nil : String(rest)
                // `-u=user` is no getopt spelling, but several newer programs take it.
                if wrapper.style == .plain, inline?.first == "=" { inline?.removeFirst() }
                apply(name, inline: inline, &environment)
                return
            }
            apply(name, inline: nil, &environment)
        }
    }

    private mutating func apply(
        _ name: Substring, inline: String?, _ environment: inout ProcessEnvironment
    ) {
        if wrapper.attaching.contains(name) { attaches = true }
        if wrapper.clearing.contains(name) { environment.clear() }
        if wrapper.keeping.contains(name) { keep(inline, &environment) }
        guard wrapper.values.contains(name) else { return }
        var word = Word(inline ?? "", at: Place(list: .command, index: 0))
        if inline == nil {
            guard let next = words.popFirst() else { return }
            word = next
        }
        if wrapper.unsetting.contains(name) { environment.unset(word.text) }
        if wrapper.scripts.contains(name) { scripts.append(word) }
        if wrapper.programs.contains(name) { program = word }
        if wrapper.splitting.contains(name) {
            let split = StringSplitting.split(word.text).map { Word($0, at: word.place) }
            words = split + words
        }
    }

    /// Lets variables through: all, or those in a list.
    private func keep(_ list: String?, _ environment: inout ProcessEnvironment) {
        guard let list else {
            environment.rollBack(to: beforeClearing)
            return
        }
        guard !wasCleared else { return }
        for name in list.split(separator: ",") { environment.inherit(String(name)) }
    }
}

/// Splits text into words as `env -S` does: blanks separate, quotes and backslashes protect.
enum StringSplitting {
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var current: [UInt8] = []
        var isInWord = false
        var quote: UInt8?
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "'"):
                isInWord = true
                if let next = iterator.next() { current.append(next) }
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                isInWord = true
                if quote == byte {
                    quote = nil
                } else if quote == nil {
                    quote = byte
                } else {
                    current.append(byte)
                }
            case 0x20, 0x09, 0x0A:
                if quote != nil {
                    current.append(byte)
                } else if isInWord {
                    words.append(String(decoding: current, as: UTF8.self))
                    current = []
                    isInWord = false
                }
            default:
                isInWord = true
                current.append(byte)
            }
        }
        if isInWord { words.append(String(decoding: current, as: UTF8.self)) }
        return words
    }
}
