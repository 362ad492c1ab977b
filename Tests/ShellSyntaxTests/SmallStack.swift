import Foundation
import Testing

/// Runs something on a thread with a stack of 512 KiB, as small as what a server's thread may have.
func onSmallStack<Result: Sendable>(
    bytes: Int = 512 << 10, _ body: @escaping @Sendable () -> Result
) async -> Result {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: body()) }
        thread.stackSize = bytes
        thread.start()
    }
}
