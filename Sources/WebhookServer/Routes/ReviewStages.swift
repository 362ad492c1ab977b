import Synchronization

/// A review that is worked out in several places, one after the other: what ends it is the one where it is now.
final class ReviewStages: Sendable {
    private struct State {
        var isCancelled = false
        var cancel: @Sendable () -> Void
    }

    private let state: Mutex<State>

    /// - Parameter cancel: ends the first stage.
    init(_ cancel: @escaping @Sendable () -> Void) { state = Mutex(State(cancel: cancel)) }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Goes on to the next stage, or ends it at once.
    func enter(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.cancel = cancel
            return state.isCancelled
        }
        if isCancelled { cancel() }
    }

    /// Says that nobody waits for the answer any more.
    func cancel() {
        let cancel = state.withLock { state in
            state.isCancelled = true
            return state.cancel
        }
        cancel()
    }
}
