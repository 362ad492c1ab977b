/// Splits text into words as `env -S` does: blanks separate, quotes and backslashes protect. A quote without its
/// end is an error, and leaves nothing.
enum StringSplitting {
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var current: [UInt8] = []
        var isInWord = false
        var quote: UInt8?
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "\\") where quote != UInt8(ascii: "'"):
                isInWord = true
                if let next = iterator.next() { current.append(next) }
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                isInWord = true
                if quote == byte {
                    quote = nil
                } else if quote == nil {
                    quote = byte
                } else {
                    current.append(byte)
                }
            case 0x20, 0x09, 0x0A:
                if quote != nil {
                    current.append(byte)
                } else if isInWord {
                    words.append(String(decoding: current, as: UTF8.self))
                    current = []
                    isInWord = false
                }
            default:
                isInWord = true
                current.append(byte)
            }
        }
        if quote != nil { return [] }
        if isInWord { words.append(String(decoding: current, as: UTF8.self)) }
        return words
    }
}
