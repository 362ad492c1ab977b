import ShellSyntax

/// `echo` and `printf`, where somebody collects what they print.
extension ShellRunner {
    func runPrinting(_ name: String, _ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        if name == "echo" {
            if state.scope.output != nil { state.scope.print([ShellPrinting.echo(operands.map(\.text))]) }
            return .succeeding(state)
        }
        var rest = operands
        if rest.first?.text == "-v", rest.count > 2 {
            let variable = rest.dropFirst().first?.text ?? ""
            let text = ShellPrinting.printf(rest.dropFirst(2).map(\.text))
            noteSubscripts(in: rest.prefix(2), state)
            if EnvironmentNames.isIdentifier(variable) { state.scope.assign(variable, text) }
            return orMissing(.succeeding(state), in: start)
        }
        if rest.first?.text == "--" { rest.removeFirst() }
        if state.scope.output != nil { state.scope.print([ShellPrinting.printf(rest.map(\.text))]) }
        return .succeeding(state)
    }
}

extension ShellRunner {
    /// Programs that may write a name out of letters among which it cannot be seen.
    private static let spellers: Set<String> = ["rev", "tr"]

    /// Programs that print nothing unless an option asks for it.
    private static let silent: Set<String> = [
        "pkill", "killall", "mkdir", "rmdir", "chown", "chmod", "touch", "sleep", "rm", "mv", "cp", "ln",
        "sync",
    ]

    private static func isSilent(_ line: ArraySlice<Argument>) -> Bool {
        guard let name = line.first?.text, silent.contains(name) else { return false }
        return !line.dropFirst().contains {
            $0.text.utf8.first.map { $0 == UInt8(ascii: "-") || TextMark.isMark($0) } ?? true
        }
    }

    /// What a program prints, which is made of its words and its input.
    static func output(of line: ArraySlice<Argument>, fedWith input: [String]) -> String {
        if line.count == 2, let path = line.last?.text, path.isKnown, !path.hasPrefix("-"),
            !path.hasSuffix("/"),
            line.first?.text == "basename"
        {
            return path.lastPathComponent + "\n"
        }
        if isSilent(line) { return "" }
        if let name = line.first?.text, ProgramNames.isUWSGI(name) {
            // Its log goes to standard error: `uwsgi_log` in core/logging.c.
            return Scope.anyText(line.dropFirst().map(\.text))
        }
        let text = Scope.anyText(line.map(\.text) + input)
        guard let name = line.first?.text, spellers.contains(name),
            input.contains(where: { $0.isKnown && $0.utf8.count >= "uwsgi".utf8.count })
        else { return text == TextMark.unknown ? TextMark.unknownButSet : text }
        return TextMark.unknownNamingUWSGI
    }

    /// `cat` prints its input, or files.
    func runCat(_ operands: ArraySlice<Argument>, in start: State) -> Outcome {
        var state = start
        state.lastPrograms = .other
        guard state.scope.output != nil else { return .ordinary(state) }
        let files = operands.filter { !$0.text.hasPrefix("-") || $0.text == "-" }
        var texts = [""]
        for file in files.isEmpty ? [Argument("-", at: location)] : files {
            let isInput = file.text == "-" || file.text == "/dev/stdin"
            let known = isInput ? state.scope.input : tracer.texts(ofFile: file.text, in: state.scope)
            let read = known ?? [TextMark.unknown(madeOf: file.text.utf8)]
            texts = texts.flatMap { before in read.map { before + $0 } }
            if texts.count > Scope.mostAlternatives { texts = [Scope.anyText(texts)] }
        }
        guard tracer.budget.spendBytes(texts.reduce(0) { $0 + $1.utf8.count }) else {
            return .ordinary(state)
        }
        state.scope.print(texts)
        return .ordinary(state)
    }
}

/// What `echo` and `printf` make of their words. Sources: POSIX.1-2024, echo and printf.
enum ShellPrinting {
    static func echo(_ words: [String]) -> String {
        var rest = words[...]
        var endsLine = true
        while let option = rest.first, ["-n", "-e", "-E", "-ne", "-en"].contains(option) {
            if option.contains("n") { endsLine = false }
            rest.removeFirst()
        }
        let text = rest.joined(separator: " ")
        // Whether escapes are read depends on the shell; read they make lines of a script.
        return (text.utf8.contains(UInt8(ascii: "\\")) ? unescaped(text) : text) + (endsLine ? "\n" : "")
    }

    /// Longer output is not worked out: a format is repeated for each few words.
    private static let longest = 1 << 16

    static func printf(_ words: [String]) -> String {
        guard let format = words.first else { return "" }
        var rest = words.dropFirst()
        guard format.isKnown else { return Scope.anyText(words) }
        var result = ""
        var conversions = 0
        repeat {
            conversions = 0
            var bytes = unescaped(format).utf8[...]
            while let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
                result += String(decoding: bytes[..<percent], as: UTF8.self)
                bytes = bytes[bytes.index(after: percent)...]
                guard let kind = bytes.popFirst() else { break }
                switch kind {
                case UInt8(ascii: "%"): result += "%"
                case UInt8(ascii: "s"), UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "i"):
                    conversions += 1
                    let word = rest.popFirst() ?? ""
                    result += kind == UInt8(ascii: "b") ? unescaped(word) : word
                default: return Scope.anyText(words)
                }
            }
            result += String(decoding: bytes, as: UTF8.self)
            if result.utf8.count > longest { return Scope.anyText(words) }
        } while conversions > 0 && !rest.isEmpty
        return result
    }

    /// Backslashes that mean a line's end, a tabulator or a number; others stay.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var result: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            switch iterator.next() {
            case UInt8(ascii: "n")?: result.append(0x0A)
            case UInt8(ascii: "t")?: result.append(0x09)
            case UInt8(ascii: "\\")?: result.append(byte)
            case let digit? where (0x30...0x37).contains(digit):
                // An octal number of up to three digits, and with a zero before them in `%b` and `echo`.
                var number = Int(digit - 0x30)
                var lookahead = iterator
                var left = digit == 0x30 ? 3 : 2
                while left > 0, let next = lookahead.next(), (0x30...0x37).contains(next) {
                    number = number * 8 + Int(next - 0x30)
                    iterator = lookahead
                    left -= 1
                }
                result.append(UInt8(truncatingIfNeeded: number))
            case let other?: result += [byte, other]
            case nil: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Scope {
    /// Adds to what is collected of the output, whichever of these texts it is.
    mutating func print(_ texts: [String]) {
        guard let output else { return }
        let all = output.flatMap { before in texts.map { before + $0 } }
        self.output = all.count <= Self.mostAlternatives ? all : [Self.anyText(all)]
    }
}
