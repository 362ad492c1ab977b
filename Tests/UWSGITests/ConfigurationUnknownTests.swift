import Testing

@testable import UWSGI

/// What cannot be known stays so, and what would cost too much ends.
@Suite struct ConfigurationUnknownTests {
    private func read(
        _ text: [UInt8], _ name: String = "/a.ini", variable: ConfigurationVariable = .unknown,
        budget: ConfigurationBudget = ConfigurationBudget()
    ) -> ConfigurationOptions {
        let world = ConfigurationWorld(
            file: { $0 == name ? .bytes(text) : .unknown }, variable: { _ in variable })
        var reader = ConfigurationReader(world, budget: budget)
        reader.load(operand: name, from: .given(0))
        return reader.result()
    }

    private func summary(_ text: String) -> ConfigurationSummary {
        ConfigurationSummary(read(Array(text.utf8)))
    }

    @Test(
        arguments: [
            ("[uwsgi]\nmax-fd = $(FD)", [nil], false),
            ("[uwsgi]\nmax-fd = 9\nmax-fd = %h", [nil], false),
            ("[uwsgi]\nini = /b.ini", [nil], true),
            // It may inherit another file, which comes behind everything else.
            ("[uwsgi]\nini = /b.ini\nmax-fd = 9", [9, nil], false),
            ("[uwsgi]\nini = exec://x", [nil], true),
            ("[uwsgi]\ninclude = http://x/y.ini", [nil], true),
            ("[uwsgi]\nmax-fd = 9\ninherit = /b.ini", [9, nil], false),
            ("[uwsgi]\nif-env = X\nmax-fd = 9\nendif", [9], true),
            ("[uwsgi]\nmax-fd = 5\nif-env = X\nmax-fd = 9\nendif", [5, 9], false),
            ("[uwsgi]\nmax-fd = 5\nif-exists = /x\nmax-fd = 0\nendif", [5], true),
            ("[uwsgi]\nif-env = X\nmax-fd = %(_)\nendif", [nil], true),
            ("[uwsgi]\nif-plugin = python\nmax-fd = 9\nendif", [9], true),
            ("[uwsgi]\nif-env = X\nn = 5\nendif\nn = 6\nmax-fd = %(n)", [nil], false),
            ("[uwsgi]\nfor-glob = /x/*\nmax-fd = 9\nendfor", [9], false),
            ("[uwsgi]\nfor-glob = /x/*\nmax-fd = %(_)\nendfor", [nil], false),
            ("[uwsgi]\n%h = 9", [nil], true),
            ("[%h]\nmax-fd = 9", [9], true),
            ("[uwsgi]\nmax-fd = @(/x)", [nil], false),
            ("[uwsgi]\nearly-envdir = /e\nmax-fd = $(X)", [nil], false),
            ("[uwsgi]\nfor-times = 1000000000\nmax-fd = %(_)\nendfor", [nil], false),
        ] as [(String, [Int?], Bool)])
    func `What may be in force`(text: String, numbers: [Int?], mayBeUnset: Bool) {
        let summary = summary(text)
        #expect(summary.maxFD.map(\.number) == numbers)
        #expect(summary.maxFDMayBeUnset == mayBeUnset)
        #expect(summary.settledMaxFD == nil || numbers.count == 1 && !mayBeUnset)
        #expect(!summary.exits)
    }

    @Test func `Files that are missing are named`() {
        let options = read(Array("[uwsgi]\nini = /b.ini\nx = @(/c)\nif-dir = /d\nendif\nini = exec://e".utf8))
        #expect(options.unreadFiles == ["/b.ini", "exec://e", "/c"])
        #expect(!options.isComplete)
    }

    /// A file that includes itself, values that double, loops in loops: uWSGI runs until its memory ends.
    @Test(arguments: [
        "[uwsgi]\nini = /a.ini\n", "[uwsgi]\ninherit = /a.ini\n", "[uwsgi]\nini = /a.ini\nini = /a.ini\n",
        "[uwsgi]\na = 0%(a)\n", "[uwsgi]\na = 0%(b)%(b)\nb = 0%(a)%(a)\n",
        "[uwsgi]\ndeclare-option = a=a=$1;a=$1\na = 1\n",
        "[uwsgi]\ndeclare-option = x=ini=/a.ini\nx = 1\n",
    ])
    func `Bounds`(text: String) {
        let options = read(Array(text.utf8))
        #expect(options.isExhausted && !options.isComplete)
        let summary = ConfigurationSummary(options)
        #expect(summary.maxFD.contains { $0.number == nil })
        #expect(options.options.count <= 8193)
    }

    @Test func `Long lines`() {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let options = read(Array("[uwsgi]\nmax-fd = 5\ny = ".utf8) + long)
        #expect(options.options.last?.value?.utf8.count == 1 << 20)
        let tooLong = ConfigurationSummary(
            read(Array("[uwsgi]\ny = ".utf8) + long, budget: ConfigurationBudget(bytes: 1 << 20)))
        #expect(!tooLong.isComplete && tooLong.maxFD.map(\.number) == [nil])
        let brackets = read([UInt8](repeating: UInt8(ascii: "["), count: 1 << 18), "/a.json")
        #expect(!brackets.isComplete)
        let sequences = read([UInt8](repeating: UInt8(ascii: "["), count: 1 << 18), "/a.yaml")
        #expect(!sequences.isComplete)
        let elements = read(Array(String(repeating: "<a>", count: 1 << 16).utf8), "/a.xml")
        #expect(!elements.isComplete)
        let indented = (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(read(Array(indented.utf8), "/a.yaml").options.allSatisfy { $0.isUnknown })
    }

    /// Bytes that are no text, in each format: an end, and nothing that is certain but wrong.
    @Test(arguments: ["/a.ini", "/a.yaml", "/a.json", "/a.xml"])
    func `Any bytes`(name: String) {
        var random = SplitMix(seed: 14)
        let alphabet =
            Array("[]{}<>=:\"'%$@()\n\r\t #;&-!/*\\uwsgimax-fd0159\0\u{1}\u{7F}é".utf8) + [0xFF, 0xC0]
        for _ in 0..<500 {
            let bytes = (0..<random.next(below: 80)).map { _ in alphabet[random.next(below: alphabet.count)] }
            _ = ConfigurationSummary(read(bytes, name, variable: .value("%(x)")))
        }
    }

    @Test func `Bytes that end a text in C`() {
        let summary = ConfigurationSummary(read(Array("[uwsgi]\nmax-fd = 10\u{0}24\nx\u{0} = 5\n".utf8)))
        #expect(summary.settledMaxFD == 10)
    }
}
