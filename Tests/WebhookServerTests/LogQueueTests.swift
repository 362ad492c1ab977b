import Basics
import Foundation
import Testing

@testable import WebhookServer

@Suite struct LogQueueTests {
    /// A pipe whose reader can be as slow as a test needs.
    private final class SlowReader: Sendable {
        let reading: CInt
        let writing: CInt

        init() throws {
            var ends: [CInt] = [0, 0]
            try #require(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        /// Reads until nobody holds the other end, off the tests' threads.
        func readAll() async -> [String] {
            await withCheckedContinuation { continuation in
                let reading = reading
                Thread.detachNewThread {
                    var bytes: [UInt8] = []
                    var piece = [UInt8](repeating: 0, count: 65536)
                    while true {
                        let count = read(reading, &piece, piece.count)
                        if count <= 0 { break }
                        bytes += piece[..<count]
                    }
                    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                    continuation.resume(returning: lines.map(String.init))
                }
            }
        }

        func closeReading() { close(reading) }
        func closeWriting() { close(writing) }
    }

    @Test func `Keeps the order of many writers`() async throws {
        let pipe = try SlowReader()
        let queue = LogQueue(descriptor: pipe.writing)
        async let lines = pipe.readAll()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<2000 { queue.append(Array("\(writer) \(number)\n".utf8)) }
                }
            }
        }
        #expect(await queue.close(within: .seconds(60)))
        pipe.closeWriting()
        let numbers = await lines.map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(numbers.count == 8000)
        for writer in 0..<4 {
            #expect(numbers.filter { $0.first == writer }.map(\.last) == (0..<2000).map { $0 })
        }
        #expect(queue.droppedLines == 0)
        pipe.closeReading()
    }

    @Test func `Drops and tells when the reader is too slow`() async throws {
        let pipe = try SlowReader()
        let queue = LogQueue(descriptor: pipe.writing, capacity: 10_000)
        // The pipe holds 4,096 bytes and the queue 10,000: most of these 300,000 has to go.
        // (1031 is Linux's F_SETPIPE_SZ, which the C library's module does not show.)
        #expect(fcntl(pipe.writing, 1031, 4096) == 4096)
        let line = Array(String(repeating: "x", count: 99).utf8) + [UInt8(ascii: "\n")]
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<3000 { queue.append(line) }
        }
        #expect(time < .seconds(30))
        let dropped = queue.droppedLines
        #expect(dropped > 2500 && dropped < 3000)
        #expect(await queue.close(within: .milliseconds(20)) == false)

        async let lines = pipe.readAll()
        #expect(await queue.close(within: .seconds(60)))
        pipe.closeWriting()
        let all = await lines
        let notices = all.filter { $0.contains("log lines dropped") }
        #expect(all.count - notices.count == 3000 - dropped)
        let told = try notices.map { notice -> Int in
            let object = try JSONSerialization.jsonObject(with: Data(notice.utf8)) as? [String: Any]
            #expect(object?["level"] as? String == "warning")
            return object?["lines"] as? Int ?? 0
        }
        #expect(told.reduce(0, +) == dropped)
        pipe.closeReading()
    }

    @Test func `Survives a closed reader`() async throws {
        // As the server does when it starts.
        signal(SIGPIPE, SIG_IGN)
        let pipe = try SlowReader()
        pipe.closeReading()
        let queue = LogQueue(descriptor: pipe.writing)
        queue.append(Array("lost\n".utf8))
        #expect(await queue.close(within: .seconds(60)))
        #expect(queue.droppedLines == 1)
        pipe.closeWriting()
    }

    @Test func `Survives a bad descriptor`() async {
        let queue = LogQueue(descriptor: -1)
        queue.append(Array("lost\n".utf8))
        #expect(await queue.close(within: .seconds(60)))
        #expect(queue.droppedLines == 1)
    }

    @Test func `Waits for a non-blocking descriptor`() async throws {
        let pipe = try SlowReader()
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let queue = LogQueue(descriptor: pipe.writing)
        let line = Array(String(repeating: "y", count: 999).utf8) + [UInt8(ascii: "\n")]
        for _ in 0..<500 { queue.append(line) }
        async let lines = pipe.readAll()
        #expect(await queue.close(within: .seconds(60)))
        pipe.closeWriting()
        #expect(await lines.count == 500)
        pipe.closeReading()
    }
}

@Suite struct LogLineTests {
    private let time = Timestamp(seconds: 784_111_777, nanoseconds: 0)

    private var line: LogLine {
        var line = LogLine(time: time, level: .warning, message: "it \"happened\"")
        line.add("text", "a\nb\u{1B}[31m\u{2028}\u{202E}")
        line.add("number", -3)
        line.add("list", ["x", "y\""])
        return line
    }

    @Test func `JSON`() {
        #expect(
            String(decoding: line.bytes(as: .json), as: UTF8.self)
                == #"{"time":"1994-11-06T08:49:37.000Z","level":"warning","msg":"it \"happened\"","#
                + #""text":"a\nb\u001b[31m\u2028\u202e","number":-3,"list":["x","y\""]}"# + "\n")
    }

    @Test func `Text`() {
        #expect(
            String(decoding: line.bytes(as: .text), as: UTF8.self)
                == #"1994-11-06T08:49:37.000Z WARNING it "happened" text="a\nb\u001b[31m\u2028\u202e" "#
                + #"number=-3 list=["x","y\""]"# + "\n")
    }
}
