/// What bash does differently where an option is on or a built-in command is off, by some way that leads to a point.
/// By another way it may not be so: both are followed.
///
/// Source: the manual of bash, 4.3.2, shopt.
struct BashBehaviour: OptionSet, Hashable {
    let rawValue: UInt16

    /// An `exec` that fails does not end the shell: `execfail`, and any shell that is interactive.
    static let goesOnAfterExec = BashBehaviour(rawValue: 1)
    /// The last command of a pipeline runs in the shell itself: `lastpipe`, and always in ksh93 and zsh.
    static let keepsLastPart = BashBehaviour(rawValue: 2)
    /// Patterns match whatever the case of letters: `nocasematch`.
    static let ignoresCase = BashBehaviour(rawValue: 4)
    /// `set -e` holds in command substitutions too: `inherit_errexit`.
    static let endsSubstitutions = BashBehaviour(rawValue: 8)
    /// Built-in commands were switched off: `enable -n`.
    static let lacksBuiltins = BashBehaviour(rawValue: 16)
    /// Assignments among a command's arguments are for its environment: `set -k`.
    static let assignsAnywhere = BashBehaviour(rawValue: 32)

    /// Aliases are expanded: `expand_aliases`, and any shell that is interactive or of POSIX.
    static let expandsAliases = BashBehaviour(rawValue: 64)

    /// A pattern that matches no file ends the line: `failglob`.
    static let failsWithoutMatch = BashBehaviour(rawValue: 128)

    /// By the names that `shopt` and `set -o` know.
    private static let options: [String: BashBehaviour] = [
        "keyword": .assignsAnywhere, "expand_aliases": .expandsAliases, "posix": .expandsAliases,
        "execfail": .goesOnAfterExec, "lastpipe": .keepsLastPart, "nocasematch": .ignoresCase,
        "inherit_errexit": .endsSubstitutions, "failglob": .failsWithoutMatch,
    ]

    /// - Parameter option: of `shopt` or `set -o`; one that is not known may be any.
    init(option: some StringProtocol) {
        let option = String(option)
        self = !option.isKnown ? Self.ofAnyOption : Self.options[option] ?? []
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    mutating func set(_ behaviour: BashBehaviour, _ isOn: Bool) {
        if isOn { formUnion(behaviour) } else { subtract(behaviour) }
    }

    private static let ofAnyOption = options.values.reduce(into: BashBehaviour()) { $0.formUnion($1) }
}
