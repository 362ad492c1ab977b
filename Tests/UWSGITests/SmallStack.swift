import Glibc

/// Runs a test's work on a thread with the smallest stack that this program is to get along with: 512 KiB.
/// Overflowing it ends the process of the tests.
func onSmallStack(_ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, 512 << 10) == 0 else { return false }
    var thread = pthread_t()
    // The thread owns the work, and lets go of it when it has run.
    let work = Unmanaged.passRetained(Work(body))
    let error = pthread_create(
        &thread, &attributes,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, work.toOpaque())
    guard error == 0 else {
        work.release()
        return false
    }
    return pthread_join(thread, nil) == 0
}

private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
