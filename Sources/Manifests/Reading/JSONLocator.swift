/// Tells on which line of a JSON text a value stands. The text is known to be JSON.
enum JSONLocator {
    /// How many lines below the text's first line the value begins that a JSON Pointer (RFC 6901) leads to, or the
    /// last one on the way that is there.
    static func lineOffset(of pointer: String, in bytes: [UInt8]) -> Int {
        var position = firstNonBlank(in: bytes, from: 0)
        for name in JSONPointer.steps(of: pointer) {
            guard let next = child(named: name, of: position, in: bytes) else { break }
            position = next
        }
        return bytes[..<min(position, bytes.count)].lineFeeds
    }

    private static func child(named name: String, of position: Int, in bytes: [UInt8]) -> Int? {
        guard position < bytes.count else { return nil }
        let isObject = bytes[position] == UInt8(ascii: "{")
        guard isObject || bytes[position] == UInt8(ascii: "[") else { return nil }
        var index = 0
        var next = firstNonBlank(in: bytes, from: position + 1)
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "}"), UInt8(ascii: "]"): return nil
            case UInt8(ascii: ","), UInt8(ascii: ":"): next = firstNonBlank(in: bytes, from: next + 1)
            default:
                guard let end = endOfValue(at: next, in: bytes) else { return nil }
                if isObject {
                    let colon = firstNonBlank(in: bytes, from: end)
                    let value = firstNonBlank(in: bytes, from: colon + 1)
                    if bytes[next..<end].dropFirst().dropLast().elementsEqual(name.utf8) { return value }
                    guard let endOfMember = endOfValue(at: value, in: bytes) else { return nil }
                    next = firstNonBlank(in: bytes, from: endOfMember)
                } else {
                    if String(index) == name { return next }
                    index += 1
                    next = firstNonBlank(in: bytes, from: end)
                }
            }
        }
        return nil
    }

    /// The position behind a value, `nil` when there is none.
    private static func endOfValue(at position: Int, in bytes: [UInt8]) -> Int? {
        guard position < bytes.count else { return nil }
        var extent = JSONExtent()
        guard let end = extent.end(in: bytes, from: position), end > position else { return nil }
        return end
    }

    private static func firstNonBlank(in bytes: [UInt8], from position: Int) -> Int {
        var position = position
        while position < bytes.count, bytes[position].isBlank { position += 1 }
        return position
    }
}
