import Foundation

/// Runs a test's work on a thread with the smallest stack that this program is to get along with: 512 KiB.
/// Overflowing it ends the process of the tests.
func onSmallStack(_ body: @escaping @Sendable () -> Void) -> Bool {
    let end = DispatchSemaphore(value: 0)
    let thread = Thread {
        body()
        end.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    end.wait()
    return thread.stackSize == 512 << 10
}
