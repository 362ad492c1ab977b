import JSON
import Testing

@Suite
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test
    func `Commas and colons stand where they belong`() {
        let text = written { json in
            json.object { json in
                json.member("a", 1)
                json.name("b")
                json.array { json in
                    json.integer(-12)
                    json.object { _ in }
                    json.array { _ in }
                    json.null()
                    json.bool(true)
                    json.raw(Array("[0]".utf8))
                    json.string("x")
                }
                json.member("c", false)
                json.memberIfPresent("absent", nil)
                json.memberIfPresent("empty", "")
                json.memberIfPresent("d", "y")
                json.name("e\"" as String)
                json.integer(Int.min)
            }
        }
        #expect(
            text
                == #"{"a":1,"b":[-12,{},[],null,true,[0],"x"],"c":false,"d":"y","e\"":-9223372036854775808}"#)
    }

    @Test
    func `It appends to what is there`() {
        var writer = JSONWriter(appendingTo: Array("line 1\n".utf8))
        writer.array { $0.integer(1) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "line 1\n[1]")
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("\"\\", #""\"\\""#), ("a\nb\rc\td", #""a\nb\rc\td""#),
        ("\0\u{1}\u{1B}[31m", #""\u0000\u0001\u001b[31m""#),
        ("\u{7F}\u{80}\u{85}\u{9F}\u{A0}", "\"\\u007f\\u0080\\u0085\\u009f\u{A0}\""),
        ("\u{2028}\u{2029}\u{2027}\u{202E}\u{2066}", "\"\\u2028\\u2029\u{2027}\\u202e\\u2066\""),
        ("\u{FEFF}\u{FFFD}", "\"\\ufeff\u{FFFD}\""), ("\u{61C}\u{61D}", "\"\\u061c\u{61D}\""),
        ("ünïcödé 🦄 ½ ﷺ", #""ünïcödé 🦄 ½ ﷺ""#),
    ])
    func `Characters that could forge a line or a view are escaped, others are not`(
        text: String, expected: String
    ) {
        #expect(written { $0.string(text) } == expected)
    }

    /// Short texts are put together before they are appended, longer ones are not.
    @Test(arguments: [0, 1, 249, 250, 251, 252, 1023, 1024, 5000])
    func `A text of any length is written whole`(_ count: Int) {
        let text = String(repeating: "x", count: count)
        let written = written { json in
            json.array { json in
                for _ in 0..<2 { json.string(text) }
                json.string(text + "\n")
                json.object { json in
                    json.name(text)
                    json.string("\n" + text)
                    json.member("name", text)
                }
            }
        }
        #expect(
            written == #"["\#(text)","\#(text)","\#(text)\n",{"\#(text)":"\n\#(text)","name":"\#(text)"}]"#)
    }

    /// Eight bytes are looked at together: a character is seen wherever it stands among them.
    @Test(arguments: 0..<18)
    func `A character is escaped wherever it stands`(_ position: Int) {
        for value in UInt32(0)...0x100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let before = String(repeating: "x", count: position)
            let after = String(repeating: "y", count: 17 - position)
            let alone = written { $0.string(String(scalar)) }.dropFirst().dropLast()
            #expect(written { $0.string(before + String(scalar) + after) } == "\"\(before)\(alone)\(after)\"")
        }
    }

    @Test
    func `Every scalar comes back from a parser as it went in, on one line`() throws {
        let parser = JSONParser()
        var scalars = String.UnicodeScalarView()
        for value in UInt32(0)...0x10FFFF {
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        let all = String(scalars)
        var writer = JSONWriter()
        writer.string(all)
        #expect(!writer.bytes.contains { $0 < 0x20 || $0 == 0x7F })
        let back = try parser.parse(writer.bytes).string
        #expect(back?.unicodeScalars.elementsEqual(scalars) == true)
    }
}
