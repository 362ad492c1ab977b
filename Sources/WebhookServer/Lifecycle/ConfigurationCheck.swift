extension ServerConfiguration {
    /// More event loops than any machine has use for.
    static let maxThreads = 256

    /// Refuses what cannot have been meant, so that no later arithmetic has to expect it.
    /// - Throws: ``ServerError`` that names the flag, the value and the range.
    func validate() throws(ServerError) {
        try Self.check("--max-body-bytes", maxBodyBytes, 1...(1 << 30))
        try Self.check("--max-connections", maxConnections, 1...(1 << 20))
        try Self.check("--threads", threads, 1...Self.maxThreads)
        try Self.check("--request-timeout", requestTimeout, atLeast: .milliseconds(1))
        try Self.check("--idle-timeout", idleTimeout, atLeast: .milliseconds(1))
        try Self.check("--drain-delay", drainDelay, atLeast: .zero)
        try Self.check("--drain-timeout", drainTimeout, atLeast: .zero)
        try Self.check("the interval of reloads", reloadInterval, atLeast: .milliseconds(1))
    }

    /// How much of unfinished bodies may be in memory, in bytes.
    var bufferedBytes: Int { maxBufferedBytes ?? 4 * min(maxBodyBytes, 1 << 30) }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(ServerError) {
        guard range.contains(value) else {
            throw ServerError(
                "\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private static func check(
        _ name: String, _ value: Duration, atLeast least: Duration
    ) throws(ServerError) {
        guard value >= least, value <= .seconds(86_400) else {
            throw ServerError("\(name) is \(value): give a time from \(least) to 24h")
        }
    }
}
