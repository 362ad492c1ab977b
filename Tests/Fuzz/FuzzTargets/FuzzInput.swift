/// An input's bytes as choices and texts.
struct FuzzInput {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index >= bytes.count }

    /// The next byte, or 0 when there is none left.
    mutating func byte() -> Int {
        guard index < bytes.count else { return 0 }
        defer { index += 1 }
        return Int(bytes[index])
    }

    mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[byte() % elements.count]
    }

    /// All that is left, as text.
    func rest() -> String { String(decoding: bytes[index...], as: UTF8.self) }
}
