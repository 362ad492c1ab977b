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

    /// - Parameters:
    ///   - words: what follows the program's own name.
    ///   - name: `su` or `runuser`.
    static func read(
        _ words: ArraySlice<Argument>, name: Substring, scope: inout Scope
    ) -> Payload {
        var rest = words
        var script: Argument?
        var isLogin = false
        var preserves = false
        var kept: [Substring] = []
        var names: Argument?
        var operands: [Argument] = []

        func apply(_ option: Substring, _ value: Argument?) {
            switch option {
            case "c", "command", "session-command": script = value
            case "l", "login": isLogin = true
            case "m", "p", "preserve-environment": preserves = true
            case "u", "user": if name == "runuser" { names = value }
            case "w", "whitelist-environment": kept += (value?.text ?? "").split(separator: ",")
            default: break
            }
        }

        scan: while let word = rest.popFirst() {
            let text = word.text
            if text == "--" { break }
            if text == "-" {
                isLogin = true
            } else if text.hasPrefix("--") {
                let body = text.dropFirst(2)
                let equals = body.firstIndex(of: "=")
                let option = body[..<(equals ?? body.endIndex)]
                if let equals {
                    apply(option, Argument(String(body[body.index(after: equals)...]), at: word.location))
                } else {
                    apply(option, withValue.contains(option) ? rest.popFirst() : nil)
                }
            } else if text.hasPrefix("-") {
                var letters = text.dropFirst()
                while let letter = letters.popFirst() {
                    let option = Substring(String(letter))
                    guard withValue.contains(option) else {
                        apply(option, nil)
                        continue
                    }
                    apply(
                        option,
                        letters.isEmpty ? rest.popFirst() : Argument(String(letters), at: word.location))
                    letters = ""
                }
            } else {
                operands.append(word)
                // With -u the first operand is the program, and what follows is its own.
                if names != nil { break scan }
            }
        }
        if isLogin, !(preserves && names != nil) {
            scope.clear()
            for name in kept { scope.inherit(String(name)) }
        }
        if names != nil {
            let program = operands + rest
            return program.isEmpty ? .nothing : .program(program[...])
        }
        // The first operand is the user; the others go to the user's shell.
        let others = operands.dropFirst() + rest
        if let script { return .shell(ShellInvocation(script: script, arguments: Array(others)[...])) }
        return others.isEmpty ? .nothing : .shell(ShellInvocation(others[...]))
    }
}
