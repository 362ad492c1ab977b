import Synchronization

/// Holds the context that new connections take. A reload replaces it; connections that exist keep theirs.
public final class TLSContextStore: Sendable {
    private let context: Mutex<TLSContext>

    public init(_ context: TLSContext) {
        self.context = Mutex(context)
    }

    public var current: TLSContext {
        context.withLock { $0 }
    }

    public func replace(with context: TLSContext) {
        // The former context is freed after the lock is given back, by whoever holds it last.
        _ = self.context.withLock { held in
            let former = held
            held = context
            return former
        }
    }
}
