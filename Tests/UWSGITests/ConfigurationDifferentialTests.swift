import Foundation
import Synchronization
import Testing

@testable import UWSGI

/// Compares the reader with Debian's uWSGI on folders of generated files: its whole list of options and its max-fd.
///
/// `CONFIGURATION_EXAMPLES=10000` compares that many of each format, `CONFIGURATION_FORMAT=ini` only those of one.
@Suite struct ConfigurationDifferentialTests {
    private static let count =
        ProcessInfo.processInfo.environment["CONFIGURATION_EXAMPLES"].flatMap { Int($0) } ?? 100

    private static let formats =
        ProcessInfo.processInfo.environment["CONFIGURATION_FORMAT"]
        .flatMap { ConfigurationGenerator.Format(rawValue: $0) }.map { [$0] }
        ?? ConfigurationGenerator.Format.allCases

    private struct Tally {
        var settled = 0
        var exited = 0
        var differences: [String] = []
    }

    @Test(
        .enabled(if: RealUWSGI.path != nil, "uwsgi-core is not installed"),
        arguments: formats)
    func `uWSGI reads files as we do`(_ format: ConfigurationGenerator.Format) throws {
        let tally = Mutex(Tally())
        let parts = 4
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            guard let real = try? RealUWSGI() else { return }
            defer { real.remove() }
            for index in stride(from: part, to: Self.count, by: parts) {
                var generator = ConfigurationGenerator(seed: UInt64(index) &* 977 &+ 5)
                let example = generator.example(format)
                guard let outcome = try? real.run(example) else { continue }
                let options = example.read(in: real.folder.path)
                let hidden = generator.hidden(of: example)
                let difference =
                    Self.difference(outcome, options)
                    ?? Self.contradiction(
                        outcome, ConfigurationSummary(example.read(in: real.folder.path, build: UWSGIBuild()))
                    )
                    ?? Self.contradiction(
                        outcome,
                        ConfigurationSummary(
                            example.read(in: real.folder.path, build: UWSGIBuild(), hidden: hidden))
                    ).map { "without \(hidden.sorted()): \($0)" }
                tally.withLock { tally in
                    if options.isSettled { tally.settled += 1 }
                    if outcome.maxFD == nil { tally.exited += 1 }
                    if let difference {
                        tally.differences.append("\(index): \(difference)\n\(Self.text(example))")
                    }
                }
            }
        }
        let result = tally.withLock { $0 }
        print("\(format): \(Self.count) compared, \(result.settled) settled, \(result.exited) exited")
        #expect(
            result.differences.isEmpty,
            "\(result.differences.count) differ\n\(result.differences.prefix(3).joined(separator: "\n\n"))")
        // A reader that calls everything unknown would agree with anything, and so would files that are all refused.
        #expect(result.settled > Self.count * 3 / 5)
        #expect(result.exited < Self.count / 2)
    }

    /// The cases that people have written, with what they say uWSGI does.
    @Test(.enabled(if: RealUWSGI.path != nil, "uwsgi-core is not installed"))
    func `uWSGI does what the cases say`() throws {
        let real = try RealUWSGI()
        defer { real.remove() }
        for (example, maxFD) in ConfigurationCases.all {
            let outcome = try real.run(example)
            let expected = maxFD.map { $0 ?? RealUWSGI.limit }
            #expect(outcome.maxFD == expected, "\(Self.text(example))\n\(outcome.output)")
        }
    }

    private static func difference(_ real: RealUWSGI.Outcome, _ options: ConfigurationOptions) -> String? {
        let summary = ConfigurationSummary(options)
        guard let maxFD = real.maxFD else {
            return options.failures.isEmpty && options.isSettled
                ? "it exits, and we do not know\n\(real.output)" : nil
        }
        if let contradiction = contradiction(real, summary) { return contradiction }
        guard options.isSettled, let configuration = real.configuration else { return nil }
        guard summary.maxFD.count == (summary.maxFDMayBeUnset ? 0 : 1) else {
            return "max-fd \(maxFD), not \(summary.maxFD)"
        }
        return firstDifference(configuration, withoutSections(options.shown))
    }

    /// What a summary says that is not so, however little is known; whatever it leaves open is right.
    private static func contradiction(
        _ real: RealUWSGI.Outcome, _ summary: ConfigurationSummary
    ) -> String? {
        guard let maxFD = real.maxFD else { return nil }
        if summary.exits { return "it does not exit\n\(real.output)" }
        // Whether a limit can be raised depends on who runs the test.
        let numbers = summary.maxFD.map { value in value.number.map { $0 > RealUWSGI.limit ? maxFD : $0 } }
        let isUnset = maxFD == RealUWSGI.limit
        if numbers.contains(maxFD) || numbers.contains(nil) || isUnset && summary.maxFDMayBeUnset {
            return nil
        }
        return "max-fd \(maxFD), not \(summary.maxFD) \(summary.maxFDMayBeUnset)\n\(real.output)"
    }

    /// uWSGI forgets the section that it was given with the name of a json or xml file: core/json.c, core/xmlconf.c.
    private static func withoutSections(_ shown: String) -> String {
        shown.replacing(/(?<name>\n(xml|json|js) = [^:\n]*):[^\n]*/) { $0.name }
    }

    private static func firstDifference(_ real: String, _ ours: String) -> String? {
        guard real != ours else { return nil }
        let theirs = real.split(separator: "\n", omittingEmptySubsequences: false)
        let lines = ours.split(separator: "\n", omittingEmptySubsequences: false)
        let index =
            zip(theirs, lines).enumerated().first { $1.0 != $1.1 }?.offset ?? min(theirs.count, lines.count)
        let (their, our) = (
            theirs.dropFirst(index).first ?? "nothing", lines.dropFirst(index).first ?? "nothing"
        )
        return "option \(index + 1) is \(their), not \(our)\n\(real)"
    }

    private static func text(_ example: ConfigurationExample) -> String {
        let files = example.files.sorted { $0.key < $1.key }.map {
            "--- \($0.key)\n\(String(decoding: $0.value, as: UTF8.self))"
        }
        return "\(example.arguments) \(example.environment)\n" + files.joined(separator: "\n")
    }
}
