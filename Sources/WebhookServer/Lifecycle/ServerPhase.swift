import Synchronization

/// How far the server is in its life. It only ever goes forward.
enum ServerPhase: UInt8, Sendable, Comparable, AtomicRepresentable {
    /// Requests are served, connections stay.
    case serving
    /// Shutting down: requests are served, each answer ends its connection.
    case draining
    /// The listener is closed: connections without a request end too.
    case closing

    static func < (a: ServerPhase, b: ServerPhase) -> Bool { a.rawValue < b.rawValue }
}

/// The phase, where every event loop can see it.
final class AtomicPhase: Sendable {
    private let cell = Atomic<ServerPhase>(.serving)

    var value: ServerPhase { cell.load(ordering: .acquiring) }

    /// Goes forward to `phase`; `false` when it was there already or further.
    func advance(to phase: ServerPhase) -> Bool {
        var current = value
        while current < phase {
            let (exchanged, original) = cell.compareExchange(
                expected: current, desired: phase, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            current = original
        }
        return false
    }
}
