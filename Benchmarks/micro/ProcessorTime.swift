import Glibc

/// What pieces of work take of the processor, whatever else the machine does meanwhile.
enum ProcessorTime {
    /// What this thread has taken so far, in nanoseconds.
    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// What each of several pieces of work takes, in nanoseconds: the median of many series. They take turns, so that
    /// a machine that becomes slower does so for all of them.
    static func measure(for limit: Duration, _ works: [() -> Void]) -> [Double] {
        let clock = ContinuousClock()
        for work in works { for _ in 0..<10 { work() } }
        let one = max(clock.measure { for work in works { work() } }, .nanoseconds(100))
        let repetitions = max(1, Int(limit / one) / 40)
        var series = works.map { _ in [Double]() }
        let end = clock.now + limit
        repeat {
            for (index, work) in works.enumerated() {
                let start = now
                for _ in 0..<repetitions { work() }
                series[index].append((now - start) / Double(repetitions))
            }
        } while clock.now < end
        return series.map { $0.sorted()[$0.count / 2] }
    }
}
