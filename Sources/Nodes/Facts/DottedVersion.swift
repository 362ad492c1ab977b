import Basics

/// A version as distributions and runtimes write it: numbers with dots between them.
struct DottedVersion: Comparable, Hashable, Sendable {
    private let numbers: [Int]

    /// The first number in a text and those that dots join to it: `1592.2` of `Garden Linux 1592.2`; `nil` where
    /// there is none. A number is read to its ninth digit.
    init?(in text: some StringProtocol) {
        var numbers: [Int] = []
        var current: Int?
        var digits = 0
        for byte in text.utf8 {
            if byte.isDecimalDigit {
                if digits < 9 { current = (current ?? 0) * 10 + Int(byte - UInt8(ascii: "0")) }
                digits += 1
            } else if byte == UInt8(ascii: "."), let number = current, numbers.count < 8 {
                numbers.append(number)
                current = nil
                digits = 0
            } else if current != nil || !numbers.isEmpty {
                break
            }
        }
        if let current { numbers.append(current) }
        guard !numbers.isEmpty else { return nil }
        self.numbers = numbers
    }

    /// Number by number; a version that goes on is the later one.
    static func < (a: DottedVersion, b: DottedVersion) -> Bool {
        a.numbers.lexicographicallyPrecedes(b.numbers)
    }
}
