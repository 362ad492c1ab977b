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
        // The previous context is freed after the lock is released, by its last owner.
        _ = self.context.withLock { held in
            let previous = held
            held = context
            return previous
        }
    }
}
