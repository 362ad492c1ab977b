/// Arithmetic expansion: POSIX.1-2024, Shell Command Language, 2.6.4 and 1.1.2.1, and the manual of bash, 6.5.
///
/// Numbers have 64 bits and wrap around, as in dash, bash and busybox.
public struct ShellArithmetic {
    /// The longest expression that is read, in bytes.
    static let longest = 4096

    /// Evaluates an expression whose expansions have been performed.
    ///
    /// - Parameters:
    ///   - dialect: in `.posix` nothing that dash refuses is evaluated: `**`, `,`, `2#101`.
    ///   - variable: a variable's number, or `nil` if it is not known; zero if the variable is unset or empty.
    /// - Returns: `nil` if it cannot be told: a part that decides the result is unknown, the expression is
    ///   malformed or divides by zero, or it assigns to a variable; see ``assignedVariables(in:)``.
    public static func evaluate(
        _ text: String, dialect: ShellDialect = .bash, variable: (String) -> Int?
    ) -> Int? {
        guard let tokens = tokens(of: text) else { return nil }
        // Nothing is zero in bash and busybox; dash refuses it.
        if tokens.isEmpty { return dialect == .bash ? 0 : nil }
        // busybox fails on a question within a question.
        if dialect == .posix, tokens.count(where: { $0 == .sign(.question) }) > 1 { return nil }
        var machine = ShellArithmeticMachine()
        for token in tokens {
            let isAccepted: Bool
            switch token {
            case .number(let value, let isPOSIX):
                isAccepted = (isPOSIX || dialect == .bash) && machine.push(value)
            case .name(let name): isAccepted = machine.push(variable(name))
            case .sign(let sign): isAccepted = (sign.isPOSIX || dialect == .bash) && machine.push(sign)
            }
            guard isAccepted else { return nil }
        }
        return machine.result()
    }

    /// The variables that an expression may assign to, as in `i++` and `a=b`; `nil` if that cannot be told.
    ///
    /// bash also evaluates the text of variables: what they assign to is not seen here.
    public static func assignedVariables(in text: String) -> Set<String>? {
        guard let tokens = tokens(of: text) else { return nil }
        var names: Set<String> = []
        for (index, token) in tokens.enumerated() {
            guard case .name(let name) = token else { continue }
            if index + 1 < tokens.count, case .sign(let sign) = tokens[index + 1], sign.assigns {
                names.insert(name)
            }
            if index > 0, tokens[index - 1] == .sign(.step) { names.insert(name) }
        }
        return names
    }

    private static func tokens(of text: String) -> [ShellArithmeticToken]? {
        guard text.utf8.count <= longest else { return nil }
        var reader = ShellArithmeticReader(text)
        return reader.read()
    }
}
