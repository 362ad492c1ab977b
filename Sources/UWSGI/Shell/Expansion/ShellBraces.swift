import ShellSyntax

/// Brace expansion: the manual of bash, 3.5.1.
enum ShellBraces {
    /// More words are not worked out.
    private static let most = 64
    private static let longest = 256

    /// Whether a literal holds `{a,b}` or `{1..3}`.
    static func mayExpand(_ text: String) -> Bool {
        guard let open = text.utf8.firstIndex(of: UInt8(ascii: "{")) else { return false }
        let rest = text[open...]
        return rest.utf8.contains(UInt8(ascii: "}"))
            && (rest.utf8.contains(UInt8(ascii: ",")) || rest.includes(".."))
    }

    /// The words that the braces of an unquoted literal make, in their order; `nil` where that is not worked out.
    static func alternatives(of word: ShellWord) -> [String]? {
        guard let text = word.plainText, text.utf8.count <= longest, text.isKnown, !text.includes("..")
        else { return nil }
        var words = [text]
        var index = 0
        // Each turn expands the first braces of one word.
        while index < words.count {
            guard let expanded = expandingFirst(of: Array(words[index].utf8)) else {
                index += 1
                continue
            }
            words.replaceSubrange(index...index, with: expanded)
            guard words.count <= most else { return nil }
        }
        // Where nothing but blanks is left, there is no word.
        return words.filter { !$0.isEmpty }
    }

    /// The words of the first pair of braces with a comma of its own; `nil` where there is none.
    private static func expandingFirst(of bytes: [UInt8]) -> [String]? {
        for open in bytes.indices where bytes[open] == UInt8(ascii: "{") {
            guard let (commas, close) = commas(of: bytes, from: open), !commas.isEmpty else { continue }
            var pieces: [ArraySlice<UInt8>] = []
            var start = open + 1
            for end in commas + [close] {
                pieces.append(bytes[start..<end])
                start = end + 1
            }
            return pieces.map { piece in
                String(decoding: bytes[..<open] + piece + bytes[(close + 1)...], as: UTF8.self)
            }
        }
        return nil
    }

    /// Where the commas of a pair of braces are, and its end.
    private static func commas(of bytes: [UInt8], from open: Int) -> (commas: [Int], close: Int)? {
        var depth = 0
        var commas: [Int] = []
        for index in bytes.indices[(open + 1)...] {
            switch bytes[index] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                if depth == 0 { return (commas, index) }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: commas.append(index)
            default: break
            }
        }
        return nil
    }
}
