/// How text is set off on a terminal; plain everywhere else.
public struct TextStyle: Sendable {
    /// Whether the reader is a terminal whose user asks for colour.
    public let isColoured: Bool
    /// Whether the reader's locale has more characters than ASCII.
    public let isUnicode: Bool

    public init(isColoured: Bool, isUnicode: Bool = true) {
        self.isColoured = isColoured
        self.isUnicode = isUnicode
    }

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func dim(_ text: String) -> String { wrapped(text, "2") }
    func red(_ text: String) -> String { wrapped(text, "31") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }

    private func wrapped(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// The same in characters that the reader has.
    func plain(_ text: String) -> String {
        guard !isUnicode, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return text.reduce(into: "") { result, character in
            switch character {
            case "≥": result += ">="
            case "…": result += "~"
            case "·": result += "-"
            default: result += character.isASCII ? String(character) : "?"
            }
        }
    }

    /// A text cut in its middle to so many characters, where its ends distinguish it from others.
    func shortened(_ text: String, to width: Int) -> String {
        guard text.count > width, width > 2 else { return text }
        let tail = (width - 1) / 2
        return text.prefix(width - 1 - tail) + (isUnicode ? "…" : "~") + text.suffix(tail)
    }
}
