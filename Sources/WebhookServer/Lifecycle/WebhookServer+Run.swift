import UnixSignals

extension WebhookServer {
    /// Serves until a signal ends it.
    ///
    /// SIGTERM or SIGINT begins an orderly shutdown; a second one ends the process at once.
    /// - Returns: the process's exit code: 0 after an orderly shutdown, 128 plus the signal's number (143 for
    ///   SIGTERM, 130 for SIGINT) after a second signal, as shells have it.
    /// - Throws: ``ServerError`` when the configuration makes no sense or a port cannot be opened.
    public func runUntilSignalled() async throws(ServerError) -> Int32 {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await start()
        // No task group: it would wait for the shutdown even after the second signal.
        let (codes, continuation) = AsyncStream.makeStream(of: Int32.self)
        Task { [self] in
            var isDraining = false
            for await signal in signals {
                if isDraining {
                    continuation.yield(128 + signal.rawValue)
                    return
                }
                isDraining = true
                beginDrain()
            }
        }
        Task { [self] in
            await waitUntilClosed()
            continuation.yield(0)
        }
        for await code in codes { return code }
        return 0
    }
}
