/// How text is set off on a terminal; plain everywhere else.
public struct TextStyle: Sendable {
    /// Whether the reader is a terminal that wants colour.
    public let isColoured: Bool

    public init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func dim(_ text: String) -> String { wrapped(text, "2") }
    func red(_ text: String) -> String { wrapped(text, "31") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }

    private func wrapped(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
