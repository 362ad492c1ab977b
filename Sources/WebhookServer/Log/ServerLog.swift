import System
import Admission

/// Writes the program's log: operational lines by level, and the audit line of each review.
public final class ServerLog: Sendable {
    let queue: LogQueue
    let level: LogLevel

    public init(queue: LogQueue, level: LogLevel = .info) {
        self.queue = queue
        self.level = level
    }

    /// Writes what still waits, for `limit` at most, and ends; to be called last.
    /// - Returns: whether all was written.
    @discardableResult
    public func close(within limit: Duration) async -> Bool {
        await queue.close(within: limit)
    }

    /// Writes an operational line, unless its level is below the one that was asked for.
    /// - Parameter fields: adds what belongs to the line; not called when the line is not written.
    func write(_ level: LogLevel, _ message: String, _ fields: (inout LogLine) -> Void = { _ in }) {
        guard level >= self.level else { return }
        var line = LogLine(time: WallClock.now, level: level, message: message)
        fields(&line)
        queue.append(line.bytes(as: queue.format))
    }

    /// Writes the line of one review, whatever the level: the log is an audit log.
    /// - Parameters:
    ///   - time: RFC 3339, milliseconds, UTC.
    ///   - micros: how long the review took, in microseconds.
    func write(_ record: AuditRecord, time: String, micros: Int) {
        switch queue.format {
        case .json:
            var line: [UInt8] = []
            line.reserveCapacity(1024)
            record.write(time: time, durationMicros: micros, to: &line)
            queue.append(line)
        case .text:
            queue.append(ReviewLine(record: record).bytes(time: time, durationMicros: micros))
        }
    }
}
