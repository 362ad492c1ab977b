import Foundation

/// The smallest stack that the product is to get along with, in bytes. Sanitizers keep more for each call.
public let smallStack = (ProcessInfo.processInfo.environment["UNDER_SANITIZER"] == nil ? 1 : 8) * 512 << 10

/// Runs a test's work on a thread with such a stack. Overflowing it ends the process of the tests.
public func onSmallStack(_ body: @escaping @Sendable () -> Void) -> Bool {
    let end = DispatchSemaphore(value: 0)
    let thread = Thread {
        body()
        end.signal()
    }
    thread.stackSize = smallStack
    thread.start()
    end.wait()
    return thread.stackSize == smallStack
}

/// The same, for what has a result.
public func onSmallStack<Result: Sendable>(
    bytes: Int = smallStack, _ body: @escaping @Sendable () -> Result
) async -> Result {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: body()) }
        thread.stackSize = bytes
        thread.start()
    }
}
