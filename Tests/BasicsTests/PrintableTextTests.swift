import Basics
import Testing

/// The one rule for foreign text that people read: a hostile name must not steer a terminal, break a line, make a
/// message read as another one, or fill it.
@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("plain ASCII ~", "plain ASCII ~"), ("naïve ключ 日本", "naïve ключ 日本"), ("😀", "😀"), ("", ""),
        // Escape sequences, in the 7-bit and the 8-bit form.
        ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\u{9B}2Jb", "a\u{FFFD}2Jb"),
        ("\u{7}\u{0}\u{7F}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        // Lines, of every kind that Unicode has.
        ("a\nb\rc\u{85}d\u{2028}e\u{2029}f", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f"),
        ("a\tb", "a\u{FFFD}b"),
        ("a\r\nb", "a\u{FFFD}\u{FFFD}b"),
        // The direction of text, and characters without width.
        ("\u{202E}gnp.exe\u{2066}\u{200F}", "\u{FFFD}gnp.exe\u{FFFD}\u{FFFD}"),
        ("a\u{200B}b\u{FEFF}", "a\u{FFFD}b\u{FFFD}"),
        // Language tags, private use, what is not a character.
        ("\u{E0041}\u{E000}\u{FFFF}\u{10FFFF}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ])
    func `What could harm is replaced, everything else stays`(_ text: String, _ expected: String) {
        #expect(PrintableText.of(text) == expected)
        #expect(PrintableText.of(text, limit: 512) == expected)
        // Safe text stays as it is, however often it passes.
        #expect(PrintableText.of(expected) == expected)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abc…"), ("äöü", 6, "äöü"), ("äöüx", 6, "ä…"),
        ("日本語", 8, "日…"),
        ("\u{1B}\u{1B}\u{1B}", 8, "\u{FFFD}…"), ("abcd", 3, "…"), ("日本", 3, "…"),
    ])
    func `A long text is cut to so many bytes of UTF-8, the ellipsis among them`(
        _ text: String, _ limit: Int, _ expected: String
    ) {
        #expect(PrintableText.of(text, limit: limit) == expected)
        #expect(PrintableText.of(text, limit: limit).utf8.count <= limit)
    }

    @Test func `One character can be as long as a text: bytes are counted, not characters`() {
        let text = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(text.count == 1)
        #expect(PrintableText.of(text, limit: 63).utf8.count <= 63)
        #expect(PrintableText.bounded(text).utf8.count <= PrintableText.longestField)
    }

    @Test func `Every scalar of Unicode comes out as one that can be shown`() {
        var failures = 0
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = PrintableText.of(String(scalar))
            switch shown.unicodeScalars.first?.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned,
                nil:
                failures += 1
            default: break
            }
        }
        #expect(failures == 0)
    }

    @Test(arguments: [("a\u{1B}b", 512, "a\u{1B}b"), ("abcd", 3, "…"), ("a\u{1B}bcdefgh", 8, "a\u{FFFD}b…")])
    func `What JSON escapes is only bounded`(_ text: String, _ limit: Int, _ expected: String) {
        #expect(PrintableText.bounded(text, limit: limit) == expected)
    }
}
