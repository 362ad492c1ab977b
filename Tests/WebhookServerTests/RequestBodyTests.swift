import Admission
import NIOCore
import Testing

@testable import WebhookServer

/// What is kept of a body while it comes, and where its memory is from.
@Suite struct RequestBodyTests {
    private let budget = BodyBudget(limit: 4 << 20)

    /// A body that has come in pieces of 50,000 bytes, each in memory of its own.
    private func body(_ framing: RequestHead.BodyFraming, length: Int, fill: UInt8 = 7) -> RequestBody {
        var body = RequestBody()
        body.expect(framing)
        for start in stride(from: 0, to: length, by: 50_000) {
            let piece = ByteBuffer(repeating: fill, count: min(50_000, length - start))
            let hasRoom = body.append(piece, budget: budget)
            #expect(hasRoom)
        }
        return body
    }

    /// Where a body's bytes are.
    private func place(_ body: RequestBody) -> Int {
        body.bytes.withVeryUnsafeBytes { Int(bitPattern: $0.baseAddress) }
    }

    @Test(arguments: [RequestHead.BodyFraming.length(700_000), .chunked, .length(100_000)])
    func `A body is what has come`(_ framing: RequestHead.BodyFraming) {
        var body = body(framing, length: 700_000)
        #expect(body.bytes == ByteBuffer(repeating: 7, count: 700_000))
        #expect(budget.inUse == 700_000)
        body.release(to: budget)
        #expect(body.bytes.readableBytes == 0)
        #expect(budget.inUse == 0)
    }

    @Test func `There is room at once for what is announced, and for what the parser needs`() {
        let announced = body(.length(700_000), length: 60_000)
        #expect(announced.bytes.capacity >= 700_000 + AdmissionReviewer.neededPadding)
        // Only within bounds: a client that announces much need not send it.
        let most = body(.length(8 << 20), length: 60_000)
        #expect(most.bytes.capacity == 1 << 20)
        #expect(body(.chunked, length: 60_000).bytes.capacity == 64 << 10)
        #expect(budget.inUse == 180_000)
    }

    @Test func `Memory of a long body serves the next one`() {
        var first = body(.length(700_000), length: 700_000, fill: 1)
        let place = place(first)
        first.release(to: budget)
        var second = body(.length(600_000), length: 600_000, fill: 2)
        #expect(self.place(second) == place)
        #expect(second.bytes == ByteBuffer(repeating: 2, count: 600_000))
        second.release(to: budget)
        // A short one has no use for it.
        #expect(self.place(body(.length(60_000), length: 60_000)) != place)
        #expect(budget.memory.take(700_000)?.capacity == 1 << 20)
    }

    /// A review may still be at work when its connection has ended.
    @Test func `Memory that somebody still reads is not written to`() {
        var first = body(.length(700_000), length: 700_000, fill: 1)
        let reader = first.bytes
        first.release(to: budget)
        let second = body(.length(700_000), length: 700_000, fill: 2)
        #expect(reader == ByteBuffer(repeating: 1, count: 700_000))
        #expect(second.bytes == ByteBuffer(repeating: 2, count: 700_000))
    }

    @Test func `No more is kept than is of use`() {
        let memory = BodyMemory()
        for length in [1, 64 << 10, 128 << 10, 2 << 20, 8 << 20] {
            memory.keep(ByteBufferAllocator().buffer(capacity: length))
        }
        #expect(memory.take(256 << 10) == nil)
        for _ in 0..<20 { memory.keep(ByteBufferAllocator().buffer(capacity: 512 << 10)) }
        #expect(memory.take(600_000) == nil)
        var taken = 0
        while memory.take(300_000) != nil { taken += 1 }
        #expect(taken == BodyMemory.most)
        memory.keep(ByteBufferAllocator().buffer(capacity: 512 << 10))
        memory.release()
        #expect(memory.take(300_000) == nil)
    }
}
