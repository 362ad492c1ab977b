import NIOCore
import Synchronization

/// Since when the connections of one event loop wait that have waited longest: where the loop that accepts
/// connections can see it.
///
/// It is a hint: until the event loop is asked to make room, it may have changed.
final class OldestWait: Sendable {
    private let silent = Atomic<UInt64>(.max)
    private let unfinished = Atomic<UInt64>(.max)

    /// In nanoseconds, as ``NIODeadline`` counts them; the largest number when no connection waits.
    subscript(kind: WaitingKind) -> UInt64 {
        switch kind {
        case .silent: silent.load(ordering: .relaxed)
        case .unfinished: unfinished.load(ordering: .relaxed)
        }
    }

    func set(_ kind: WaitingKind, to since: NIODeadline?) {
        let value = since?.uptimeNanoseconds ?? .max
        switch kind {
        case .silent: silent.store(value, ordering: .relaxed)
        case .unfinished: unfinished.store(value, ordering: .relaxed)
        }
    }
}

/// What a connection waits for.
enum WaitingKind: Sendable {
    /// Its client has asked for nothing: TLS is being negotiated, or the connection is idle.
    case silent
    /// Its client has begun to ask, and takes its time.
    case unfinished
}
