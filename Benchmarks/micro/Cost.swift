import allocations

/// What one run of a piece of work costs.
struct Cost {
    /// The median of several series, in nanoseconds.
    var nanoseconds: Double
    var allocations: Double
    /// What the allocations asked for.
    var bytes: Double

    /// Runs a piece of work until the time is used up, in series, of which the median counts: it is not moved
    /// by the few that the system interrupted.
    static func measure(for limit: Duration, _ work: () -> Void) -> Cost {
        let clock = ContinuousClock()
        for _ in 0..<10 { work() }
        let one = max(clock.measure(work), .nanoseconds(100))
        let repetitions = max(1, Int(limit / one) / 40)
        var series: [Double] = []
        let before = allocations_so_far()
        let end = clock.now + limit
        repeat {
            let time = clock.measure { for _ in 0..<repetitions { work() } }
            series.append(time / .nanoseconds(1) / Double(repetitions))
        } while clock.now < end
        let after = allocations_so_far()
        let runs = Double(series.count * repetitions)
        return Cost(
            nanoseconds: series.sorted()[series.count / 2],
            // The array of series itself grows some ten times, which is nothing to the thousands of runs.
            allocations: Double(after.calls - before.calls) / runs,
            bytes: Double(after.bytes - before.bytes) / runs)
    }
}
