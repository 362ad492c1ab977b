/// What is known of a path.
enum ConfigurationFile: Sendable, Hashable {
    /// A file's bytes: what uWSGI reads are bytes, and they need not be UTF-8.
    case bytes([UInt8])
    /// A folder, with the names in it that are known, and whether these are all.
    case folder([String], isComplete: Bool = true)
    case absent
    /// It may be there or not, with any content.
    case unknown

    static func text(_ text: String) -> ConfigurationFile { .bytes(Array(text.utf8)) }
}

/// What is known of a variable of the environment.
enum ConfigurationVariable: Sendable, Hashable {
    case value(String)
    case absent
    case unknown
}

/// What configuration can ask for beyond its own text. A reader does no I/O: the caller answers.
struct ConfigurationWorld {
    /// Asked with an absolute path when the working directory is known or the configuration names one, otherwise
    /// with the relative path; `.`, `..` and doubled slashes are resolved by the text alone.
    var file: (String) -> ConfigurationFile
    var variable: (String) -> ConfigurationVariable
    /// `nil` when it is not known.
    var workingDirectory: String?
    /// `nil` when it is not known; a Pod's is its name.
    var hostname: String?

    init(
        file: @escaping (String) -> ConfigurationFile = { _ in .unknown },
        variable: @escaping (String) -> ConfigurationVariable = { _ in .unknown },
        workingDirectory: String? = nil, hostname: String? = nil
    ) {
        self.file = file
        self.variable = variable
        self.workingDirectory = workingDirectory
        self.hostname = hostname
    }

    /// A path as ``file`` is asked for it.
    func resolved(_ path: ConfigurationText) -> String {
        let text = String(decoding: path, as: UTF8.self)
        guard !text.utf8.starts(with: "/".utf8), let workingDirectory else { return Self.normalized(text) }
        return Self.normalized(workingDirectory + "/" + text)
    }

    /// A path without `.`, `..` and doubled slashes, as `realpath(3)` has it where there are no symbolic links.
    static func normalized(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        return (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    }
}
