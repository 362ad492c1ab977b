/// Finds the word uWSGI in text that nothing evaluates.
enum UWSGIWord {
    private static let letters: [UInt8] = Array("uwsgi".utf8)

    /// Whether the bytes name uWSGI: `uwsgi`, with quotes, backslashes and plus signs anywhere between its
    /// letters, since shells and other languages put words together of pieces.
    static func occurs(in bytes: some Collection<UInt8>) -> Bool {
        var matched = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "+"):
                continue
            case letters[matched]:
                matched += 1
                if matched == letters.count { return true }
            default: matched = byte == letters[0] ? 1 : 0
            }
        }
        return false
    }

    /// Whether a name has the word in it, as one piece, in letters of either case.
    static func isSpelled(in name: String) -> Bool {
        let bytes = name.utf8Span.span
        var matched = 0
        for index in bytes.indices {
            let byte = bytes[index] | 0x20
            if byte == letters[matched] {
                matched += 1
                if matched == letters.count { return true }
            } else {
                matched = byte == letters[0] ? 1 : 0
            }
        }
        return false
    }
}
