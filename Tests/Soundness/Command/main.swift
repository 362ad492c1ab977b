import Foundation
import Soundness

let usage = """
    usage: soundness launches
           soundness search [--seed N] [--scripts N] [--from N] [--workers N] [--shrink N]
    """

/// The number that follows an option.
func number(_ option: String, else standard: Int) -> Int {
    let words = CommandLine.arguments
    guard let index = words.firstIndex(of: option), index + 1 < words.count else { return standard }
    return Int(words[index + 1]) ?? standard
}

func search() async throws -> Bool {
    let first = number("--from", else: 0)
    let search = Search(
        seed: UInt64(number("--seed", else: 1)), scripts: first..<(first + number("--scripts", else: 20_000)),
        workers: number("--workers", else: ProcessInfo.processInfo.activeProcessorCount),
        mostShrunk: number("--shrink", else: 20))
    let start = ContinuousClock.now
    let report = try await search.run()
    let time = ContinuousClock.now - start
    for paragraph in report.paragraphs { print(paragraph, terminator: "\n\n") }
    print("\(report.summary) in \(time.formatted(.time(pattern: .minuteSecond))), seed \(search.seed)")
    return report.findingCount == 0
}

do {
    switch CommandLine.arguments.dropFirst().first {
    case "launches":
        let report = LaunchReport(try LaunchCase.all())
        for line in report.lines { print(line) }
        exit(report.failures.isEmpty ? 0 : 1)
    case "search": exit(try await search() ? 0 : 1)
    default:
        print(usage)
        exit(2)
    }
} catch {
    FileHandle.standardError.write(Data("soundness: \(error)\n".utf8))
    exit(2)
}
