extension ServerConfiguration {
    /// Refuses what cannot have been meant, so that no later arithmetic has to expect it.
    /// - Throws: ``ServerError`` that names the flag, the value and the range.
    func validate() throws(ServerError) {
        try limits.validate()
        try ServerLimits.check("the interval of reloads", reloadInterval, atLeast: .milliseconds(1))
    }

    /// How much of unfinished bodies may be in memory, in bytes.
    var bufferedBytes: Int { maxBufferedBytes ?? 4 * min(limits.maxBodyBytes, 1 << 30) }
}
