import NIOCore
import NIOEmbedded
import Testing

@testable import WebhookServer

/// Which connection makes room for another.
@Suite struct WaitingQueueTests {
    private final class Connection: ServerConnection {
        let name: String
        private let loop: any EventLoop
        var waiting: WaitingPlace?
        private(set) var hasMadeRoom = false

        init(_ name: String, _ loop: any EventLoop) {
            self.name = name
            self.loop = loop
        }

        func makeRoom() -> EventLoopFuture<Void>? {
            hasMadeRoom = true
            return loop.makeSucceededVoidFuture()
        }

        func flush() {}
        func sweep(now: NIODeadline) {}
        func listenerHasClosed(now: NIODeadline) {}
        func abort() {}
    }

    private final class Loop {
        private let loop = EmbeddedEventLoop()
        let state: LoopState
        private var connections: [Connection] = []

        init(mayInterruptRequests: Bool = false, slowRequestTime: TimeAmount = .seconds(1)) {
            var limits = ConnectionLimits(
                maxBodyBytes: 1, requestTimeout: .seconds(10), idleTimeout: .seconds(10))
            limits.mayInterruptRequests = mayInterruptRequests
            limits.slowRequestTime = slowRequestTime
            state = LoopState(
                eventLoop: loop, metrics: LoopMetrics(), phase: AtomicPhase(), bodies: BodyBudget(limit: 1),
                limits: limits)
        }

        /// Leaves no sweep behind, which would keep the loop's state.
        deinit {
            for connection in connections { state.remove(connection) }
            loop.advanceTime(by: .hours(1))
        }

        func connect(_ name: String, _ kind: WaitingKind, at second: Int64) -> Connection {
            let connection = Connection(name, loop)
            connections.append(connection)
            state.add(connection)
            state.noteWaiting(connection, for: kind, since: Loop.time(second))
            return connection
        }

        /// The name of the connection that goes, if one does.
        func victim(at second: Int64) -> String? {
            let before = Set(connections.filter(\.hasMadeRoom).map(\.name))
            let isMade = state.makeRoom(now: Loop.time(second)) != nil
            let names = Set(connections.filter(\.hasMadeRoom).map(\.name)).subtracting(before)
            #expect(names.count == (isMade ? 1 : 0))
            return names.first
        }

        static func time(_ second: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(100 + second) }
    }

    @Test func `The oldest goes first`() {
        let loop = Loop()
        for (second, name) in ["a", "b", "c"].enumerated() {
            _ = loop.connect(name, .silent, at: Int64(second))
        }
        #expect((0..<4).map { _ in loop.victim(at: 9) } == ["a", "b", "c", nil])
    }

    @Test func `A connection that has asked since is the last to go`() {
        let loop = Loop()
        let first = loop.connect("a", .silent, at: 0)
        _ = loop.connect("b", .silent, at: 1)
        loop.state.noteWaiting(first, for: .unfinished, since: Loop.time(2))
        loop.state.noteWaiting(first, for: nil, since: Loop.time(2))
        loop.state.noteWaiting(first, for: .silent, since: Loop.time(3))
        #expect(loop.victim(at: 9) == "b")
        #expect(loop.victim(at: 9) == "a")
    }

    @Test func `One with a request in flight never goes`() {
        let loop = Loop()
        let busy = loop.connect("busy", .silent, at: 0)
        loop.state.noteWaiting(busy, for: nil, since: Loop.time(0))
        #expect(loop.victim(at: 1000) == nil)
        loop.state.noteWaiting(busy, for: .silent, since: Loop.time(5))
        #expect(loop.victim(at: 5) == "busy")
    }

    @Test func `Where nothing is lost it does`() {
        let loop = Loop(mayInterruptRequests: true, slowRequestTime: .zero)
        let busy = loop.connect("busy", .silent, at: 0)
        loop.state.noteWaiting(busy, for: .unfinished, since: Loop.time(1))
        _ = loop.connect("idle", .silent, at: 5)
        #expect(loop.victim(at: 5) == "idle")
        #expect(loop.victim(at: 5) == "busy")
    }

    @Test func `A slow request goes when none is silent`() {
        let loop = Loop()
        _ = loop.connect("slow", .unfinished, at: 0)
        _ = loop.connect("silent", .silent, at: 3)
        #expect(loop.victim(at: 3) == "silent")
        #expect(loop.victim(at: 0) == nil)
        #expect(loop.victim(at: 1) == "slow")
    }

    @Test func `One that has ended is forgotten`() {
        let loop = Loop()
        let connections = (0..<5).map { loop.connect("\($0)", .silent, at: Int64($0)) }
        for index in [2, 0, 4] { loop.state.remove(connections[index]) }
        // Its place is given to another one.
        _ = loop.connect("new", .silent, at: 6)
        loop.state.remove(connections[0])
        #expect((0..<4).map { _ in loop.victim(at: 9) } == ["1", "3", "new", nil])
    }

    @Test func `Other loops see the oldest`() {
        let loop = Loop()
        let oldest = loop.state.oldestWait
        #expect(oldest[.silent] == .max)
        let first = loop.connect("a", .silent, at: 1)
        _ = loop.connect("b", .silent, at: 2)
        #expect(oldest[.silent] == Loop.time(1).uptimeNanoseconds)
        loop.state.noteWaiting(first, for: .unfinished, since: Loop.time(3))
        #expect(oldest[.silent] == Loop.time(2).uptimeNanoseconds)
        #expect(oldest[.unfinished] == Loop.time(3).uptimeNanoseconds)
        _ = loop.victim(at: 9)
        #expect(oldest[.silent] == .max)
        loop.state.remove(first)
        #expect(oldest[.unfinished] == .max)
    }
}
