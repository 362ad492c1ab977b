import Manifests

import Glibc

/// A line on standard error that shows a person at a terminal how far a long run has come.
struct ProgressLine {
    private static let interval: Int64 = 100_000_000
    /// Short runs show nothing.
    private static let patience: Int64 = 500_000_000

    private let isShown: Bool
    private let beginning = Self.now
    private var last: Int64 = 0
    private var isOnScreen = false

    init(isShown: Bool) {
        self.isShown = isShown
    }

    mutating func show(_ progress: Scan.Progress) {
        show("\(progress.bytes >> 20) MiB read, \(progress.objects) objects with Pods")
    }

    mutating func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = Self.now
        guard now - beginning >= Self.patience, now - last >= Self.interval else { return }
        last = now
        isOnScreen = true
        StandardStream.error.write("\r\u{1B}[K" + text())
    }

    /// How long it has been going on.
    var seconds: Int { Int((Self.now - beginning) / 1_000_000_000) }

    /// Takes the line away again.
    mutating func clear() {
        if isOnScreen { StandardStream.error.write("\r\u{1B}[K") }
        isOnScreen = false
    }

    /// Nanoseconds of the clock that nobody sets.
    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
