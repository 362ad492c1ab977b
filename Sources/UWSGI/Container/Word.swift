/// Where a word of a command line comes from, for evidence and reports.
struct Place: Sendable, Hashable {
    /// The list of the container's specification that holds the word.
    enum List: Sendable, Hashable {
        case command
        case arguments
    }

    var list: List
    var index: Int
    /// The shell that read the word out of that entry, as in `sh -c`; `nil` where the word is the entry itself.
    var shell: String?

    init(list: List, index: Int, shell: String? = nil) {
        self.list = list
        self.index = index
        self.shell = shell
    }

    /// As reports name it: `command[2]`, `args[0]`.
    var description: String {
        switch list {
        case .command: "command[\(index)]"
        case .arguments: "args[\(index)]"
        }
    }
}

/// One word of a command line, as far as it is known before anything runs.
///
/// Text that cannot be known is marked by a character that no argument of a process can hold: `execve(2)`
/// ends an argument at NUL.
struct Word: Sendable, Hashable {
    /// Stands for text that cannot be known: it comes from a Secret, a ConfigMap, a command's output.
    static let unknown: Unicode.Scalar = "\0"
    /// Stands for the value of a variable that the specification does not mention: most likely nothing,
    /// unless the image sets it.
    static let absent: Unicode.Scalar = "\u{1}"

    var text: String
    var place: Place
    /// Whether it stems from an unquoted expansion of unknown text, and so may become no word at all or several.
    var isElastic: Bool

    init(_ text: String, at place: Place, isElastic: Bool = false) {
        self.text = text
        self.place = place
        self.isElastic = isElastic
    }

    /// Whether every character of it is known.
    var isKnown: Bool { text.isKnown }
}

extension String {
    /// Whether no part of it is marked as unknown; see ``Word``.
    var isKnown: Bool { !utf8.contains { $0 <= 1 } }

    /// What follows the last slash: the name of a program.
    var lastPathComponent: Substring {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return self[...] }
        return self[utf8.index(after: slash)...]
    }
}
