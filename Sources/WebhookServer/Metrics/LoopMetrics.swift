import Admission
import Catalogue
import UWSGI

/// The counters that one event loop changes. Each loop has its own, so that no two processors fight over a
/// cache line in the middle of a review; the reader adds them up.
final class LoopMetrics: Sendable {
    let reviews = LabelledCounters<Policy, Verdict.Decision>()
    let containers = LabelledCounters<Policy, MaxFD.State>()
    let imageLookups = LabelledCounter<ImageCatalogue.Match>()
    let requests = LabelledCounters<PathLabel, HTTPStatus>()
    let requestsInFlight = Counter()
    private let durations: [Histogram] = Policy.allCases.map { _ in Histogram() }

    func duration(of policy: Policy) -> Histogram { durations[policy.ordinal] }

    /// Counts what came of looking up images.
    func count(_ lookups: [ImageCatalogue.Match: Int]) {
        for (match, count) in lookups { imageLookups[match].add(count) }
    }

    /// Counts one review.
    func count(_ record: AuditRecord, nanoseconds: Int) {
        reviews[record.policy, record.decision].add()
        let found = record.verdict.containers
        for index in found.indices {
            containers[record.policy, found[index].finding.detection.maxFD.state].add()
        }
        duration(of: record.policy).observe(nanoseconds: nanoseconds)
    }
}
