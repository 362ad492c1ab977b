/// The command lines of `su` and `runuser`, which are like no other wrapper's: options, a user, and then either a
/// shell's command line or, with `runuser -u`, a program.
///
/// Source: util-linux, login-utils/su-common.c. Without `-` or `-l` the environment stays.
struct UserSwitch {
    enum Payload {
        case shell(ShellInvocation)
        case program(ArraySlice<Argument>)
        case nothing
    }

    private static let withValue: Set<Substring> = [
        "c", "command", "session-command", "s", "shell", "g", "group", "G", "supp-group", "w",
        "whitelist-environment", "u", "user", "C", "T",
    ]

    private let isRunuser: Bool
    private var script: Argument?
    private var isLogin = false
    private var preserves = false
    private var kept: [Substring] = []
    /// With `runuser -u` the first operand is the program.
    private var namesUser = false
    private var operands: [Argument] = []
    private var reader: OptionReader

    /// - Parameters:
    ///   - words: what follows the program's own name.
    ///   - name: `su` or `runuser`.
    static func read(
        _ words: ArraySlice<Argument>, name: Substring, scope: inout Scope
    ) -> Payload {
        var reader = UserSwitch(isRunuser: name == "runuser", reader: OptionReader(words))
        reader.readWords()
        return reader.payload(&scope)
    }

    private init(isRunuser: Bool, reader: OptionReader) {
        self.isRunuser = isRunuser
        self.reader = reader
    }

    private mutating func readWords() {
        while true {
            if let option = reader.next() {
                // `--` itself
                if option.name.isEmpty { return }
                apply(option.name, Self.withValue.contains(option.name) ? reader.value() : nil)
                continue
            }
            guard let word = reader.words.popFirst() else { return }
            if word.text == "-" {
                isLogin = true
                continue
            }
            operands.append(word)
            // What follows a program is its own.
            if namesUser { return }
        }
    }

    private mutating func apply(_ option: Substring, _ value: Argument?) {
        switch option {
        case "c", "command", "session-command": script = value
        case "l", "login": isLogin = true
        case "m", "p", "preserve-environment": preserves = true
        case "u", "user": namesUser = namesUser || isRunuser
        case "w", "whitelist-environment": kept += (value?.text ?? "").split(separator: ",")
        default: break
        }
    }

    private func payload(_ scope: inout Scope) -> Payload {
        if isLogin, !(preserves && namesUser) {
            scope.clear()
            for name in kept { scope.inherit(String(name)) }
        }
        if namesUser {
            let program = operands + reader.words
            return program.isEmpty ? .nothing : .program(program[...])
        }
        // The first operand is the user; the others go to the user's shell.
        let others = operands.dropFirst() + reader.words
        if let script { return .shell(ShellInvocation(script: script, arguments: Array(others)[...])) }
        return others.isEmpty ? .nothing : .shell(ShellInvocation(others[...]))
    }
}
