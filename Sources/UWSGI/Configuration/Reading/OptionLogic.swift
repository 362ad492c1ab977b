/// An open `if-…` or `for…`: what it does to each option up to `endif`, `endfor` or `end`, whichever comes first.
///
/// There is no nesting: an `if` that an `if` lets through makes uWSGI exit. Source: `uwsgi_logic_opt_*` in
/// core/config.c.
struct OptionLogic {
    enum Kind {
        case option, variable, reload, file, folder, existing, plugin, hostname, hostnamePattern
        case list, glob, times, lines
    }

    var kind: Kind
    /// Whether it is one of the `if-not-…`.
    var isNegated: Bool
    /// The option's value, as it was written: nothing in it is replaced.
    var argument: ConfigurationText
    /// Whether it is open for certain.
    var isCertain = true

    static let ends: Set<ConfigurationText> = [
        ConfigurationText("end"), ConfigurationText("endfor"), ConfigurationText("endif"),
        ConfigurationText("end-if"), ConfigurationText("end-for"),
    ]

    /// What stands for the element or the value that was asked for.
    static let placeholder = ConfigurationText("%(_)")

    init?(option name: String, argument: ConfigurationText) {
        guard let (kind, isNegated) = Self.kind(name) else { return nil }
        self.kind = kind
        self.isNegated = isNegated
        self.argument = argument
    }

    private static func kind(_ name: String) -> (Kind, isNegated: Bool)? {
        switch name {
        case "if-opt": (.option, false)
        case "if-not-opt": (.option, true)
        case "if-env", "ifenv": (.variable, false)
        case "if-not-env": (.variable, true)
        case "if-reload": (.reload, false)
        case "if-not-reload": (.reload, true)
        case "if-hostname": (.hostname, false)
        case "if-not-hostname": (.hostname, true)
        case "if-hostname-match": (.hostnamePattern, false)
        case "if-not-hostname-match": (.hostnamePattern, true)
        case "if-exists", "ifexists": (.existing, false)
        case "if-not-exists": (.existing, true)
        case "if-plugin", "ifplugin": (.plugin, false)
        case "if-not-plugin": (.plugin, true)
        case "if-file": (.file, false)
        case "if-not-file": (.file, true)
        case "if-dir", "ifdir", "if-directory": (.folder, false)
        case "if-not-dir": (.folder, true)
        case "for": (.list, false)
        case "for-glob": (.glob, false)
        case "for-times": (.times, false)
        case "for-readline": (.lines, false)
        default: nil
        }
    }
}

/// How often an option behind an open `if` or `for` counts, and what replaces `%(_)` in it.
struct LogicOutcome {
    /// One for each time; `nil` where nothing is replaced.
    var replacements: [ConfigurationText?] = []
    /// Whether it is certain that they count.
    var isCertain = true

    static let never = LogicOutcome()

    static func once(_ text: ConfigurationText?) -> LogicOutcome { LogicOutcome(replacements: [text]) }

    static func perhaps(_ text: ConfigurationText?) -> LogicOutcome {
        LogicOutcome(replacements: [text], isCertain: false)
    }

    static func ifTrue(_ condition: Bool?, _ text: ConfigurationText?) -> LogicOutcome {
        switch condition {
        case true?: once(text)
        case false?: never
        case nil: perhaps(text)
        }
    }
}
