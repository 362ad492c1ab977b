import Testing

@testable import Manifests

/// Lines of Prometheus' text format, as the kubelet and others write them.
@Suite struct ExpositionTests {
    private func sample(_ line: String) throws(ExpositionError) -> ExpositionSample {
        try ExpositionSample(ArraySlice(line.utf8))
    }

    struct Example: CustomTestStringConvertible {
        let line: String
        var name = "m"
        var labels: [String: String] = [:]
        let value: Double

        var testDescription: String { line }
    }

    @Test(arguments: [
        Example(line: "m 1", value: 1),
        Example(line: "m{} 1", value: 1),
        Example(line: "  m  {  }  1  ", value: 1),
        Example(line: "m 1 1700000000000", value: 1),
        Example(line: "m\t1\t-5", value: 1),
        Example(line: "m 1 1700000000.123", value: 1),
        Example(line: "m 1 # {trace_id=\"x\"} 0.5 1", value: 1),
        Example(line: "m 1.073741816e+09", value: 1_073_741_816),
        Example(line: "m -1", value: -1),
        Example(line: "m +Inf", value: .infinity),
        Example(line: "m -Inf 7", value: -.infinity),
        Example(line: "a:b_c1 2", name: "a:b_c1", value: 2),
        Example(line: "_m 2", name: "_m", value: 2),
        Example(line: #"m{a="b"} 3"#, labels: ["a": "b"], value: 3),
        Example(line: #"m{a="b",} 3"#, labels: ["a": "b"], value: 3),
        Example(line: #"m { a = "b" , c = "" } 3"#, labels: ["a": "b", "c": ""], value: 3),
        Example(line: #"m{a="\\ \" \n",b="} 9 #,"} 3"#, labels: ["a": "\\ \" \n", "b": "} 9 #,"], value: 3),
        Example(line: "m{a=\"ä\u{202E}\"} 3", labels: ["a": "ä\u{202E}"], value: 3),
        Example(
            line:
                #"container_ulimits_soft{container="web",id="/kubepods/x",namespace="shop",ulimit="max_open_files"} 1024"#,
            name: "container_ulimits_soft",
            labels: [
                "container": "web", "id": "/kubepods/x", "namespace": "shop", "ulimit": "max_open_files",
            ],
            value: 1024),
    ])
    func `A sample has a name, labels and a value`(example: Example) throws {
        let sample = try sample(example.line)
        #expect(sample.name == example.name)
        #expect(sample.labels == example.labels)
        #expect(sample.value == example.value)
    }

    @Test func `A value need not be a number`() throws {
        #expect(try sample("m NaN").value.isNaN)
    }

    @Test(arguments: [
        ("", ExpositionError.name), ("{a=\"b\"} 1", .name), ("1m 1", .name), ("# HELP m x", .name),
        ("m", .value("")), ("m{a=\"b\"}", .value("")), ("m x", .value("x")), ("m 0x", .value("0x")),
        ("m 1,5", .value("1,5")), ("m 1 x", .timestamp("x")), ("m 1 2 3", .timestamp("2")),
        ("m 1 NaN", .timestamp("NaN")), ("m{a} 1", .label("a")), ("m{a=b} 1", .label("a")),
        ("m{a='b'} 1", .label("a")), ("m{a=\"b} 1", .label("a")), ("m{a=\"b\" c=\"d\"} 1", .labels),
        ("m{,} 1", .labels), ("m{a=\"b\",,} 1", .labels), ("m{a=\"b\"", .labels),
        ("m{a:b=\"c\"} 1", .label("a")),
        ("m{", .labels), ("m{a=\"\\x\"} 1", .escape), ("m{a=\"\\", .escape),
        ("m{a=\"1\",a=\"2\"} 1", .repeated("a")),
    ])
    func `What is not a sample is an error that says why`(line: String, error: ExpositionError) {
        #expect(throws: error) { try sample(line) }
        #expect(!error.description.isEmpty)
    }

    @Test func `Labels are limited, and a number's length is`() {
        let labels = (0..<65).map { "l\($0)=\"x\"" }.joined(separator: ",")
        #expect(throws: ExpositionError.tooManyLabels) { try sample("m{\(labels)} 1") }
        let digits = String(repeating: "1", count: 100_000)
        #expect(throws: ExpositionError.self) { try sample("m \(digits)") }
    }

    @Test func `Whatever bytes come, a line ends in a sample or an error`() {
        var state: UInt64 = 7
        let alphabet = Array("m{}=\",\\ 1#\u{0}ä\tNI+-.e_".utf8) + [0xFF, 0xC3]
        for _ in 0..<20_000 {
            let line = (0..<24).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            _ = try? ExpositionSample(line[...])
        }
    }

    // MARK: - Lines

    private func lines(_ text: String, chunkSize: Int, longest: Int = 1 << 16) throws -> [LineSource.Line] {
        var source = LineSource(ByteArraySource(Array(text.utf8), chunkSize: chunkSize), longest: longest)
        var lines: [LineSource.Line] = []
        while let line = try source.next() { lines.append(line) }
        return lines
    }

    @Test(arguments: [1, 2, 3, 5, .max])
    func `Lines are the same whatever chunks they come in`(chunkSize: Int) throws {
        let found = try lines("ab\n\ncd\r\n\r\nlong line\nlast", chunkSize: chunkSize, longest: 4)
        #expect(
            found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["ab", "", "cd", "", "long", "last"])
        #expect(found.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(found.map(\.isCut) == [false, false, false, false, true, false])
        #expect(try lines("", chunkSize: chunkSize).isEmpty)
        #expect(try lines("\n", chunkSize: chunkSize).count == 1)
    }
}
