import CProcess
import Foundation

/// A pipe that no program inherits unless it is handed on.
final class DescriptorPair: @unchecked Sendable {
    // Each end is closed once, by the one thread that works with it.
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard make_pipe(&ends) == 0 else {
            throw ChildProcess.Failure(description: "pipe: \(String(cString: strerror(errno)))")
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }

    /// Hands the writing end over to the caller.
    func releaseWriting() -> Int32 {
        defer { writing = -1 }
        return writing
    }

    /// Writes it all and closes the end; stops where nobody reads any more.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        closeWriting()
    }

    /// Reads what there is; empty at the end.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : []
        }
    }
}

/// Reads a pipe to its end on a thread of its own.
final class Collector: @unchecked Sendable {
    // Written by the reading thread before it leaves the group, read by others after they have waited for that.
    private var bytes: [UInt8] = []
    private let group = DispatchGroup()

    init(_ pipe: DescriptorPair) {
        group.enter()
        Thread.detachNewThread { [self] in
            while true {
                let more = pipe.read()
                if more.isEmpty { break }
                bytes += more
            }
            group.leave()
        }
    }

    func wait() -> [UInt8] {
        group.wait()
        return bytes
    }
}
