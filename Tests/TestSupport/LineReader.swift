import Foundation

/// Reads lines on a thread of its own.
public final class LineReader: @unchecked Sendable {
    // Guarded by the condition.
    private var read: [String] = []
    private var hasEnded = false
    private let condition = NSCondition()

    public var lines: [String] { condition.withLock { read } }

    public init() {}

    /// Starts a program and reads what it writes, to standard output or error.
    public func start(
        _ path: String, _ arguments: [String], environment: [String: String] = Program.environment(),
        directory: String? = nil
    ) throws -> ChildProcess {
        let nothing = try DescriptorPair()
        let output = try DescriptorPair()
        nothing.closeWriting()
        let process = try ChildProcess(
            path, arguments, environment: environment, directory: directory,
            streams: .init(input: nothing.reading, output: output.writing, error: output.writing))
        output.closeWriting()
        read(output)
        return process
    }

    private func read(_ pipe: DescriptorPair) {
        Thread.detachNewThread { [self] in
            var rest: [UInt8] = []
            while true {
                let bytes = pipe.read()
                if bytes.isEmpty { break }
                rest += bytes
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
    public func waitForEnd(seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !hasEnded {
                guard condition.wait(until: deadline) else { return hasEnded }
            }
            return true
        }
    }

    /// A line that was or will be written; `nil` when none comes in time.
    public func wait(seconds: Double, for matches: (String) -> Bool) -> String? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while true {
                if let line = read.first(where: matches) { return line }
                guard !hasEnded, condition.wait(until: deadline) else { return nil }
            }
        }
    }
}
