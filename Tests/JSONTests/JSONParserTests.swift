import JSON
import Testing

@Suite
struct JSONParserTests {
    private func parse(_ text: String, depth: Int = 256) throws -> JSONValue {
        try JSONParser(maximumDepth: depth).parse(Array(text.utf8))
    }

    @Test
    func `Every kind of value is read as what it is, and as nothing else`() throws {
        let root = try parse(
            #"{"s":"text","i":-42,"d":1.5,"t":true,"f":false,"n":null,"a":[1,2],"o":{"k":"v"}}"#)
        #expect(root.kind == .object)
        #expect(root["s"]?.string == "text")
        #expect(root["i"]?.integer == -42)
        #expect(root["d"]?.kind == .number)
        #expect(root["d"]?.integer == nil)
        #expect(root["t"]?.bool == true)
        #expect(root["f"]?.bool == false)
        #expect(root["n"]?.isNull == true)
        #expect(root["a"]?.elements.map(\.integer) == [1, 2])
        #expect(root["o"]?["k"]?.string == "v")
        #expect(root["o"]?.members.map(\.name) == ["k"])
        #expect(root["s"]?.integer == nil)
        #expect(root["i"]?.string == nil)
        #expect(root["s"]?["k"] == nil)
        #expect(root["missing"] == nil)
        #expect(root["s"]?.elements.map(\.kind) == [])
        #expect(root["a"]?.members.map(\.name) == [])
        #expect(root.elements.map(\.kind) == [])
    }

    @Test
    func `Of members with one name the last counts, as for the API server`() throws {
        let root = try parse(#"{"a":1,"b":2,"a":3}"#)
        #expect(root["a"]?.integer == 3)
        #expect(root.member(named: "a")?.integer == 3)
        #expect(root.members.map(\.name) == ["a", "b", "a"])
    }

    @Test
    func `Strings are compared and read with their escapes resolved`() throws {
        let root = try parse(#"["mutate","\u006dutate","é🦄\u0000\n","","mutate "]"#)
        let elements = Array(root.elements)
        #expect(elements.map { $0.equals("mutate") } == [true, true, false, false, false])
        #expect(elements[2].string == "é🦄\0\n")
        #expect(elements[3].string == "")
        #expect(elements[3].equals(""))
    }

    @Test
    func `Values outlive the parser and the documents parsed after them`() throws {
        var first: JSONValue?
        do {
            let parser = JSONParser()
            first = try parser.parse(Array(#"{"a":["kept"]}"#.utf8))
            for _ in 0..<50 {
                _ = try parser.parse(Array(#"["another document, rather longer than the first"]"#.utf8))
            }
        }
        #expect(first?["a"]?.elements.map(\.string) == ["kept"])
    }

    @Test
    func `A huge document leaves the parser able to go on`() throws {
        let parser = JSONParser()
        let count = 300_000
        let huge =
            Array("[".utf8) + Array(repeatElement("12345,".utf8, count: count).joined()) + Array("0]".utf8)
        #expect(try parser.parse(huge).elements.reduce(0) { sum, _ in sum + 1 } == count + 1)
        #expect(try parser.parse(Array("[7]".utf8)).elements.map(\.integer) == [7])
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, "'a'", "01", "1 2", "[1] x",
        "nul",
        "\"\u{1}\"", "\"\n\"", #""\x""#, #""\ud800""#, #""\udc00\ud800""#, "NaN", "1e999999",
        String(repeating: "9", count: 400), "\"unterminated", "{\"a\":1}\0", "// comment\n1",
    ])
    func `What is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80], [0x80],
        ] as [[UInt8]])
    func `What is not UTF-8 is refused, in strings and outside`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONParser().parse(bytes) }
        #expect(throws: JSONError.self) {
            try JSONParser().parse([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
        }
    }

    @Test
    func `Nesting has a limit, on both sides of which the answer is clear`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(20), depth: 30)
        #expect(throws: JSONError.self) { try parse(nested(31), depth: 30) }
        #expect(throws: JSONError.self) { try parse(nested(1_000_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 3_000_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: #"{"a":"#, count: 500_000)) }
    }

    /// What is too short for so many values is not counted, so these are as short as can be.
    @Test(
        arguments: [
            ("[0]", 2), ("[0,0]", 3), ("[[0],[0]]", 5), (#"{"":0}"#, 3), (#"{"":[0],"":{"":0}}"#, 8),
            (#"[",:[{"]"#, 2), (#"["\\",0]"#, 3), (#"["\"",0]"#, 3),
        ] + [100, 101].map { ("[\(String(repeating: "0,", count: $0))0]", $0 + 2) })
    func `A document holds as many values as are allowed, and not one more`(text: String, values: Int) throws
    {
        let bytes = Array(text.utf8)
        _ = try JSONParser(maximumValues: values).parse(bytes)
        let error = #expect(throws: JSONError.self) {
            try JSONParser(maximumValues: values - 1).parse(bytes)
        }
        #expect(error?.isTooLarge == true)
    }

    /// Whatever is behind a document, and however much of it may be read.
    @Test(arguments: [0, 1, JSONParser.neededPadding, JSONParser.neededPadding + 1])
    func `What is behind a document does not belong to it`(padding: Int) throws {
        let parser = JSONParser()
        func parse(_ text: String, before rest: String) throws -> JSONValue {
            let rest = String(String(repeating: rest, count: padding).prefix(padding))
            let bytes = Array((text + rest).utf8)
            return try bytes.withUnsafeBytes { bytes in
                try parser.parse(
                    UnsafeRawBufferPointer(rebasing: bytes.prefix(text.utf8.count)), padding: padding)
            }
        }
        for rest in ["]", "0", "\"", "}", " ", "\0", "\\"] {
            #expect(try parse("[1,\"a\"]", before: rest).elements.map(\.integer) == [1, nil])
            #expect(try parse("12", before: rest).integer == 12)
            #expect(throws: JSONError.self) { try parse("[1", before: rest) }
            #expect(throws: JSONError.self) { try parse("[\"a", before: rest) }
            #expect(throws: JSONError.self) { try parse("nul", before: "l") }
        }
    }

    @Test
    func `Memory that was given back is made again`() throws {
        let parser = JSONParser()
        let first = try parser.parse(Array("[1]".utf8))
        parser.releaseMemory()
        #expect(try parser.parse(Array("[2]".utf8)).elements.map(\.integer) == [2])
        #expect(first.elements.map(\.integer) == [1])
    }
}
