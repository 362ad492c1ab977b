/// Where an argument of a command line comes from, for evidence and reports.
struct ArgumentLocation: Sendable, Hashable {
    /// The list of the container's specification, or of its image's configuration, that holds it.
    enum List: Sendable, Hashable, CaseIterable {
        case command
        case arguments
        case imageEntrypoint
        case imageCommand
    }

    var list: List
    var index: Int
    /// The shell that read it out of that entry, as in `sh -c`; `nil` where it is the entry itself.
    var shell: String?

    init(list: List, index: Int, shell: String? = nil) {
        self.list = list
        self.index = index
        self.shell = shell
    }

    /// As reports name it: `command[2]`, `args[0]`, `image CMD[0]`.
    var description: String {
        switch list {
        case .command: "command[" + String(index) + "]"
        case .arguments: "args[" + String(index) + "]"
        case .imageEntrypoint: "image ENTRYPOINT[" + String(index) + "]"
        case .imageCommand: "image CMD[" + String(index) + "]"
        }
    }
}

/// One argument of a command line, as far as it is known before anything runs.
struct Argument: Sendable, Hashable {
    /// The text, with marks for what is unknown: see ``TextMark``.
    var text: String
    var location: ArgumentLocation
    /// Whether it stems from an unquoted expansion of unknown text, and so may become no argument or several.
    var isElastic: Bool

    init(_ text: String, at location: ArgumentLocation, isElastic: Bool = false) {
        self.text = text
        self.location = location
        self.isElastic = isElastic
    }

    /// Whether it is nothing but an unquoted expansion of which nothing is known.
    var mayBeAnything: Bool { isElastic && !text.utf8.contains { !TextMark.isMark($0) } }

    /// Whether it is known, and cannot be an option.
    var isOperand: Bool { text.utf8.first != UInt8(ascii: "-") && !isElastic && text.isKnown }
}

/// Control characters that stand for text that is not known. In a specification's own texts they, and NUL, which no
/// argument of a process can hold (`execve(2)`), are replaced by ``unknown``.
enum TextMark {
    /// Text that cannot be known: it comes from a Secret, a ConfigMap, a command's output.
    static let unknown = "\u{3}"
    /// The value of a variable that the specification does not mention: most likely nothing, unless the image
    /// sets it.
    static let absent = "\u{1}"
    /// What a variable holds of which it is known only that it is set, and what a program prints: hardly nothing.
    static let unknownButSet = unknown + unknown
    /// A number that is not known; in any case not nothing, nor uWSGI's name.
    static let unknownNumber = unknown + "0"
    /// The folder of `PATH` in which a shell finds a program.
    static let folderOfPath = "\u{4}"
    /// Unknown text, and the word uWSGI stands among what it is made of.
    static let unknownNamingUWSGI = "\u{2}"

    static func isMark(_ byte: UInt8) -> Bool { byte <= 4 }

    /// What stands for text that could not be evaluated.
    static func unknown(madeOf source: some Collection<UInt8>) -> String {
        UWSGIWord.occurs(in: source) ? unknownNamingUWSGI : unknown
    }

    /// A specification's own text, in which no character means a mark.
    static func removing(from text: String) -> String {
        guard text.hasByte(where: isMark) else { return text }
        return String(decoding: text.utf8.map { isMark($0) ? 3 : $0 }, as: UTF8.self)
    }
}

extension String {
    /// Whether no part of it is marked as unknown.
    var isKnown: Bool { !hasByte(where: TextMark.isMark) }

    /// Whether a part of it is unknown, and not only presumed to be empty.
    var hasUnknown: Bool { hasByte { $0 <= 4 && $0 != 1 } }

    var hasAbsent: Bool { hasByte { $0 == 1 } }

    /// Whether uWSGI stands among what an unknown part of it is made of.
    var mayNameUWSGI: Bool { hasByte { $0 == 2 } }

    /// The text if the variables that the specification does not mention are empty.
    var withoutAbsent: String {
        hasAbsent ? String(decoding: utf8.filter { $0 != 1 }, as: UTF8.self) : self
    }

    /// Whether a blank or the end of a line stands in it.
    var hasBlank: Bool { hasByte { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A } }

    /// What follows the last slash: the name of a program.
    var lastPathComponent: Substring {
        let bytes = utf8Span.span
        var start = bytes.count
        while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return self[utf8.index(utf8.startIndex, offsetBy: start)...]
    }

    /// What precedes the last slash: the folder of a file, nothing where none is named.
    var parentFolder: String { String(self[..<(lastIndex(of: "/") ?? startIndex)]) }

    /// Whether the shell might find a command to substitute in it.
    var mayHoldCommand: Bool { hasByte { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`") } }

    /// Whether a byte is of a kind. The standard library's `contains` on a view takes many times as long.
    @inline(__always)
    func hasByte(where isOfKind: (UInt8) -> Bool) -> Bool {
        let bytes = utf8Span.span
        for index in bytes.indices where isOfKind(bytes[index]) { return true }
        return false
    }
}
