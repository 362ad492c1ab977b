import System
import NIOPosix
import Synchronization

import Glibc

/// Where log lines go on their way to a file descriptor: a queue of bounded size and one thread that empties it.
///
/// A thread that logs never waits for the reader of the log. When the reader is slow the queue fills, further lines
/// are dropped and counted, and the first line after that says how many. A closed or failing descriptor costs
/// the lines, never the process.
public final class LogQueue: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var pendingLines = 0
        /// Whether the writer has been told that there is something to write.
        var writerIsAwake = false
        var isClosed = false
        /// Lines dropped since the writer last reported it.
        var untold = 0
    }

    private let state = Mutex(State())
    private let dropped = Atomic<Int>(0)
    private let descriptor: CInt
    private let capacity: Int
    let format: LogFormat
    private let writer: NIOThreadPool

    /// - Parameters:
    ///   - descriptor: the open file descriptor to write to; it stays the caller's to close.
    ///   - format: the shape of its lines.
    ///   - capacity: how much may wait, in bytes.
    public init(descriptor: CInt = 1, format: LogFormat = .json, capacity: Int = 4 << 20) {
        self.descriptor = descriptor
        self.format = format
        self.capacity = capacity
        self.writer = NIOThreadPool(numberOfThreads: 1)
        writer.start()
    }

    /// How many lines were lost so far, for the metrics.
    public var droppedLines: Int { dropped.load(ordering: .relaxed) }

    /// Appends one line, line feed included, or drops it when the queue is full. Never waits for the reader.
    public func append(_ line: [UInt8]) {
        let wake = state.withLock { state -> Bool in
            guard !state.isClosed, state.pending.count + line.count <= capacity else {
                state.untold += 1
                dropped.wrappingAdd(1, ordering: .relaxed)
                return false
            }
            state.pending.append(contentsOf: line)
            state.pendingLines += 1
            if state.writerIsAwake { return false }
            state.writerIsAwake = true
            return true
        }
        if wake {
            writer.submit { [self] _ in emptyQueue() }
        }
    }

    /// Takes no more lines, waits until those that wait are written, but no longer than `limit`, and ends the
    /// thread. The result says whether all were written.
    public func close(within limit: Duration) async -> Bool {
        state.withLock { $0.isClosed = true }
        let deadline = ContinuousClock.now + limit
        var finished = false
        while true {
            finished = state.withLock { !$0.writerIsAwake && $0.pending.isEmpty }
            if finished || ContinuousClock.now >= deadline { break }
            try? await Task.sleep(for: .milliseconds(2))
        }
        // A writer that is stuck in the kernel cannot be joined; the process ends without it.
        if finished { try? await writer.shutdownGracefully() }
        return finished
    }

    /// The writer's loop: it takes all that waits at once, so that a busy server writes few large pieces.
    private func emptyQueue() {
        var batch: [UInt8] = []
        while true {
            var lines = 0
            var untold = 0
            let more = state.withLock { state -> Bool in
                batch.removeAll(keepingCapacity: true)
                guard !state.pending.isEmpty else {
                    state.writerIsAwake = false
                    return false
                }
                swap(&batch, &state.pending)
                lines = state.pendingLines
                state.pendingLines = 0
                untold = state.untold
                state.untold = 0
                return true
            }
            guard more else { return }
            if untold > 0 {
                batch.append(contentsOf: notice(dropped: untold))
            }
            if (try? FileWriting.write(batch, to: descriptor)) == nil {
                dropped.wrappingAdd(lines, ordering: .relaxed)
            }
            pause()
        }
    }

    /// The line that reports how many were dropped. It follows the lines that were kept, which are older.
    private func notice(dropped: Int) -> [UInt8] {
        var line = LogLine(time: WallClock.now, level: .warning, message: "log lines dropped")
        line.add("lines", dropped)
        line.add("cause", "the reader of standard output is too slow")
        return line.bytes(as: format)
    }

    /// Lets lines gather for a moment, so that they are written together: five milliseconds at 40,000 lines a
    /// second are 200 lines and one system call instead of 200.
    private func pause() {
        var time = timespec(tv_sec: 0, tv_nsec: 5_000_000)
        nanosleep(&time, nil)
    }
}
