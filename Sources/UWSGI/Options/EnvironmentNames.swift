import Basics

/// How uWSGI reads the names of environment variables.
///
/// Every variable whose name begins with exactly `UWSGI_` is an option: the rest of the name in lower case, with
/// dashes for underscores, and without abbreviation. Source: `parse_sys_envs` and `env_to_arg` in core/utils.c.
package enum EnvironmentNames {
    static let prefix = "UWSGI_"
    /// The name that this product gives to its own variable.
    static let maxFD = PublicNames.variable

    /// Names that uWSGI keeps to itself: set by an emperor for its vassals, and no options.
    private static let reserved: Set<String> = [
        "UWSGI_RELOADS", "UWSGI_VASSALS_DIR", "UWSGI_EMPEROR_FD", "UWSGI_EMPEROR_FD_CONFIG",
        "UWSGI_EMPEROR_PROXY", "UWSGI_BROODLORD_NUM", "UWSGI_JAIL_PID", "UWSGI_ORIGINAL_PROC_NAME",
    ]

    /// Whether uWSGI looks at a variable of this name at all.
    package static func concernsUWSGI(_ name: String) -> Bool {
        // Nearly all names fail at their first letter, which is quicker to ask than the whole.
        name.utf8.first == prefix.utf8.first && name.utf8.starts(with: prefix.utf8)
    }

    /// What uWSGI makes of a variable's name.
    enum Meaning {
        case option(UWSGIOption)
        /// An option of a name that uWSGI does not know.
        case unknownOption
    }

    /// What uWSGI makes of a variable's name, or `nil` when it passes over it.
    static func meaning(of name: String) -> Meaning? {
        guard concernsUWSGI(name), !reserved.contains(name) else { return nil }
        return option(name).map { .option($0) } ?? .unknownOption
    }

    /// The option of the name that a variable's name stands for.
    private static func option(_ name: String) -> UWSGIOption? {
        let bytes = name.utf8Span.span.extracting(droppingFirst: prefix.utf8.count)
        var option = InlineArray<64, UInt8>(repeating: 0)
        guard bytes.count <= option.count else { return nil }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "_"): option[index] = UInt8(ascii: "-")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): option[index] = bytes[index] | 0x20
            default: option[index] = bytes[index]
            }
        }
        guard let text = try? UTF8Span(validating: option.span.extracting(first: bytes.count)) else {
            return nil
        }
        return OptionTable.exact(String(copying: text))
    }

    /// Which of the two options that can carry a max-fd a variable stands for.
    package enum Carrier {
        /// `UWSGI_MAX_FD=N`
        case maxFD
        /// `UWSGI_SET=max-fd=N`
        case set
    }

    /// Whether a variable can carry a max-fd, and how. Allocates nothing.
    package static func carrier(_ name: String) -> Carrier? {
        guard concernsUWSGI(name) else { return nil }
        let rest = name.utf8.dropFirst(6)
        if matches(rest, "max-fd") { return .maxFD }
        if matches(rest, "set") { return .set }
        return nil
    }

    /// The variables that name files of options, as they are mostly written.
    static let configuration: [String] = OptionTable.configurationNames.map { option in
        prefix + option.uppercased().split(separator: "-").joined(separator: "_")
    }

    private static func matches(_ bytes: Substring.UTF8View, _ option: String) -> Bool {
        bytes.count == option.utf8.count
            && zip(bytes, option.utf8).allSatisfy { byte, wanted in
                if byte == UInt8(ascii: "_") { return wanted == UInt8(ascii: "-") }
                if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { return byte | 0x20 == wanted }
                return byte == wanted
            }
    }

    /// Whether a variable is one of those that a cluster adds for a service whose name begins with `uwsgi`, such
    /// as `UWSGI_SERVICE_HOST` and `UWSGI_PORT_3031_TCP_ADDR`. The service speaks of another Pod.
    /// Source: k8s.io/kubernetes/pkg/kubelet/envvars/envvars.go.
    static func isServiceLink(_ name: String) -> Bool {
        guard concernsUWSGI(name) else { return false }
        let parts = name.utf8.dropFirst(6).split(
            separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let following = parts[(index + 1)...]
            if part.elementsEqual("SERVICE".utf8), let next = following.first {
                if next.elementsEqual("HOST".utf8), following.count == 1 { return true }
                if next.elementsEqual("PORT".utf8) { return true }
            }
            if part.elementsEqual("PORT".utf8) {
                guard let number = following.first else { return true }
                if !number.isEmpty, number.allSatisfy(\.isDecimalDigit) { return true }
            }
        }
        return false
    }

    /// Whether a name can be a shell variable. Shells of the Almquist family do not pass on what cannot.
    static func isIdentifier(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !first.isDecimalDigit else { return false }
        return name.utf8.allSatisfy(\.isIdentifierByte)
    }
}
