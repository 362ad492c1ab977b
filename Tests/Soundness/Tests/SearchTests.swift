import Soundness
import Testing
import UWSGI

/// Random scripts, run by real shells and held against detection; see `Tests/Soundness/README.md`.
@Suite(.serialized, .enabled(if: Search.isPossible, "dash, bash or busybox is not installed"))
struct SearchTests {
    /// `make soundness` tries more, and other ones.
    @Test func `Detection is sound`() async throws {
        let report = try await Search(seed: 1, scripts: 0..<1500, workers: 2, mostShrunk: 10).run()
        print("soundness: \(report.summary)")
        for paragraph in report.paragraphs { Issue.record("\(paragraph)") }
        // A generator whose scripts hardly ever lead to uWSGI would prove nothing.
        #expect(report.startingCount > report.scriptCount / 2)
        #expect(report.unlimitedCount > report.scriptCount / 4)
    }

    /// Detection that says always the same is wrong in each way, and a script of a word or two shows it.
    @Test(arguments: [
        (Detection.none, Claim.none, "uwsgi"),
        (found(.certain, .set), .set, "uwsgi"),
        (found(.certain, .hidden), .certain, ":"),
        (found(.certain, .unset), .unset, "uwsgi"),
    ])
    func `Wrong detection is found`(_ detection: Detection, _ claim: Claim, _ word: String) async throws {
        let report = try await Search(seed: 2, scripts: 0..<60, mostShrunk: 4) { _ in detection }.run()
        #expect(report.count(of: claim) > 1)
        let shortest = report.scripts(against: claim).map(\.count).min() ?? 0
        #expect(shortest < 40, "\(report.paragraphs)")
        #expect(report.scripts(against: claim).contains { $0.contains(word) })
    }

    /// Detection that finds uWSGI only where everything is known.
    @Test func `Lost knowledge is found`() async throws {
        let search = Search(seed: 3, scripts: 0..<40, mostShrunk: 2) { container in
            container.environmentSources.isEmpty ? Self.found(.likely, .hidden) : .none
        }
        #expect(try await search.run().count(of: .less) > 10)
    }

    @Test func `A seed gives the same findings again`() async throws {
        var search = Search(seed: 4, scripts: 0..<60, mostShrunk: 0) { _ in .none }
        search.patience = 20_000
        let first = try await search.run()
        search.workers = 2
        let second = try await search.run()
        #expect(first.paragraphs == second.paragraphs)
        #expect(first.findingCount > 10)
    }

    private static func found(_ certainty: Certainty, _ state: MaxFD.State) -> Detection {
        Detection(certainty: certainty, evidence: [], maxFD: MaxFD(state: state))
    }
}
