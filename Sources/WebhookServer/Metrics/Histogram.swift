/// How often something took how long, in buckets of fixed limits, as Prometheus expects it.
struct Histogram: Sendable {
    /// The buckets' upper limits in nanoseconds: 50 µs to 5 s, in steps of 1, 2.5 and 5. A review takes some
    /// 20 µs; the API server gives up after 10 s or less.
    static let limits: [Int] = [
        50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000,
    ]
    /// The same limits in seconds, as the label `le` shows them.
    static let limitLabels = [
        "5e-05", "0.0001", "0.00025", "0.0005",
        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
        "0.5", "1", "2.5", "5",
    ]

    /// One for each limit, and one for everything beyond the last; not cumulated.
    private let buckets: [Counter] = (0...Histogram.limits.count).map { _ in Counter() }
    private let sum = Counter()

    func observe(nanoseconds: Int) {
        // Nearly everything falls into the first few buckets, so that looking from the front is quickest.
        let index = Self.limits.firstIndex { nanoseconds <= $0 } ?? Self.limits.count
        buckets[index].add()
        sum.add(nanoseconds)
    }

    /// What has been observed so far.
    var snapshot: Snapshot { Snapshot(counts: buckets.map(\.value), nanoseconds: sum.value) }

    /// The counts at one moment; those of several histograms can be added.
    struct Snapshot: Sendable, Equatable {
        /// Not cumulated, one for each limit and one for everything beyond.
        var counts: [Int]
        /// The sum of all that was observed.
        var nanoseconds: Int

        static func + (a: Snapshot, b: Snapshot) -> Snapshot {
            Snapshot(counts: zip(a.counts, b.counts).map(+), nanoseconds: a.nanoseconds + b.nanoseconds)
        }
    }
}
