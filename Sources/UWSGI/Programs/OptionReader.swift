/// Reads options word by word as `getopt(3)` and its like do: letters that share a dash, long names, and values that
/// stand behind either or in the word after. Which options there are, and which of them take a value, is the caller's.
struct OptionReader {
    struct Option {
        /// Without dashes; empty for `--` itself.
        var name: Substring
        /// Whether it stands behind `+`, as shells switch options off.
        var isOff: Bool
        /// Whether it is a whole word's name, and not one letter.
        var isLong: Bool
    }

    /// How options are written.
    enum Style {
        /// Letters behind one dash, names behind two.
        case letters
        /// The same, and letters behind `+` as well.
        case lettersWithPlus
        /// Names behind one dash or two.
        case names
    }

    /// The words that were not read yet.
    var words: ArraySlice<Argument>
    /// Where the option stands that was read last.
    var location = ArgumentLocation(list: .command, index: 0)
    private let style: Style
    /// Letters that share a word with the option that was read last.
    private var letters: Substring = ""
    private var isOff = false
    /// What stands behind the equals sign of the long option that was read last.
    private var inline: String?

    init(_ words: ArraySlice<Argument>, _ style: Style = .letters) {
        self.words = words
        self.style = style
    }

    /// Whether every letter of the words that were read was read.
    var isBetweenWords: Bool { letters.isEmpty }

    /// Whether the next word, if the last one was read to its end, is an option or `--`.
    private func isOption(_ text: String) -> Bool {
        guard text.utf8.count > 1, let sign = text.utf8.first else { return false }
        return sign == UInt8(ascii: "-") || style == .lettersWithPlus && sign == UInt8(ascii: "+")
    }

    /// The next option; `nil` where another word comes, or none.
    mutating func next() -> Option? {
        inline = nil
        if let letter = letters.popFirst() {
            return Option(name: Substring(String(letter)), isOff: isOff, isLong: false)
        }
        guard let word = words.first, isOption(word.text) else { return nil }
        words.removeFirst()
        location = word.location
        isOff = word.text.utf8.first == UInt8(ascii: "+")
        guard style == .names || word.text.hasPrefix("--") else {
            letters = word.text.dropFirst()
            return next()
        }
        let body = word.text.drop { $0 == "-" }
        let equals = body.firstIndex(of: "=")
        inline = equals.map { String(body[body.index(after: $0)...]) }
        return Option(name: body[..<(equals ?? body.endIndex)], isOff: false, isLong: true)
    }

    /// The text that stands in the same word as the option that was read last, if it takes one.
    mutating func inlineValue() -> String? {
        if let inline { return inline }
        guard !letters.isEmpty else { return nil }
        defer { letters = "" }
        return String(letters)
    }

    /// The value of the option that was read last: in the same word, or the next word.
    mutating func value() -> Argument? {
        inlineValue().map { Argument($0, at: location) } ?? words.popFirst()
    }
}
