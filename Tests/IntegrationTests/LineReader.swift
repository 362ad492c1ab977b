import Foundation

/// Reads lines on a thread of its own.
final class LineReader: @unchecked Sendable {
    // Guarded by the condition.
    private var read: [String] = []
    private var hasEnded = false
    private let condition = NSCondition()

    var lines: [String] { condition.withLock { read } }

    /// Starts a process and reads what it writes, to standard output or error. Nothing of the tests' own is handed
    /// down: whoever waits for its end would wait for the process's too.
    func start(_ process: Process) throws {
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        read(pipe.fileHandleForReading)
    }

    private func read(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            var rest: [UInt8] = []
            while true {
                let data = handle.availableData
                if data.isEmpty { break }
                rest += data
                let parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                append(parts.dropLast().map { String(decoding: $0, as: UTF8.self) })
                rest = Array(parts.last ?? [])
            }
            append(rest.isEmpty ? [] : [String(decoding: rest, as: UTF8.self)], isLast: true)
        }
    }

    private func append(_ lines: [String], isLast: Bool = false) {
        condition.withLock {
            read += lines
            hasEnded = isLast
            condition.broadcast()
        }
    }

    /// Waits until there is nothing more to read; `false` when that does not happen in time.
    func waitForEnd(seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !hasEnded {
                guard condition.wait(until: deadline) else { return hasEnded }
            }
            return true
        }
    }

    /// A line that was or will be written; `nil` when none comes in time.
    func wait(seconds: Double, for matches: (String) -> Bool) -> String? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while true {
                if let line = read.first(where: matches) { return line }
                guard !hasEnded, condition.wait(until: deadline) else { return nil }
            }
        }
    }
}
