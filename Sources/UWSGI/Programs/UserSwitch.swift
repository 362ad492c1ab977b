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
    private var rest: ArraySlice<Argument>

    /// - Parameters:
    ///   - words: what follows the program's own name.
    ///   - name: `su` or `runuser`.
    static func read(
        _ words: ArraySlice<Argument>, name: Substring, scope: inout Scope
    ) -> Payload {
        var reader = UserSwitch(isRunuser: name == "runuser", rest: words)
        reader.readWords()
        return reader.payload(&scope)
    }

    private init(isRunuser: Bool, rest: ArraySlice<Argument>) {
        self.isRunuser = isRunuser
        self.rest = rest
    }

    private mutating func readWords() {
        while let word = rest.popFirst() {
            let text = word.text
            if text == "--" { return }
            if text == "-" {
                isLogin = true
            } else if text.hasPrefix("--") {
                readLong(word)
            } else if text.hasPrefix("-") {
                readLetters(word)
            } else {
                operands.append(word)
                // What follows a program is its own.
                if namesUser { return }
            }
        }
    }

    private mutating func readLong(_ word: Argument) {
        let body = word.text.dropFirst(2)
        guard let equals = body.firstIndex(of: "=") else {
            apply(body, Self.withValue.contains(body) ? rest.popFirst() : nil)
            return
        }
        apply(body[..<equals], Argument(String(body[body.index(after: equals)...]), at: word.location))
    }

    private mutating func readLetters(_ word: Argument) {
        var letters = word.text.dropFirst()
        while let letter = letters.popFirst() {
            let option = Substring(String(letter))
            guard Self.withValue.contains(option) else {
                apply(option, nil)
                continue
            }
            apply(option, letters.isEmpty ? rest.popFirst() : Argument(String(letters), at: word.location))
            return
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
            let program = operands + rest
            return program.isEmpty ? .nothing : .program(program[...])
        }
        // The first operand is the user; the others go to the user's shell.
        let others = operands.dropFirst() + rest
        if let script { return .shell(ShellInvocation(script: script, arguments: Array(others)[...])) }
        return others.isEmpty ? .nothing : .shell(ShellInvocation(others[...]))
    }
}
