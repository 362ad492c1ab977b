import NIOCore
import NIOHTTP1
import Testing

@testable import WebhookServer

/// Every transition from every state, without a clock.
@Suite struct HTTPConnectionStateTests {
    private typealias State = HTTPConnectionState
    private typealias Last = HTTPConnectionState.LastAnswer

    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let now = start + .seconds(1)
    private static let limits = ConnectionLimits(
        maxBodyBytes: 100, requestTimeout: .seconds(10), idleTimeout: .seconds(120),
        lingerTimeout: .seconds(2))

    /// The states, by name, each brought about by transitions.
    enum Place: CaseIterable {
        case handshaking, idle, served, receivingHead, receivingBody, receivingUnwanted, answering, lingering,
            closed

        fileprivate func make() -> HTTPConnectionState {
            var state = HTTPConnectionState(
                limits: HTTPConnectionStateTests.limits, awaitsHandshake: self == .handshaking,
                listenerIsClosed: false, now: HTTPConnectionStateTests.start)
            let now = HTTPConnectionStateTests.start
            switch self {
            case .handshaking, .idle: break
            case .receivingHead: _ = state.bytesArrived(1, now: now)
            case .receivingBody: HTTPConnectionStateTests.begin(&state)
            case .receivingUnwanted: HTTPConnectionStateTests.begin(&state, isAccepted: false)
            case .answering:
                HTTPConnectionStateTests.begin(&state)
                _ = state.endArrived()
            case .served:
                HTTPConnectionStateTests.begin(&state)
                _ = state.endArrived()
                _ = state.answered(mayStay: true, now: now)
            case .lingering: _ = state.refused(now: now)
            case .closed: _ = state.ended()
            }
            return state
        }
    }

    private static func begin(
        _ state: inout HTTPConnectionState, isAccepted: Bool = true, head: RequestHead = head()
    ) {
        _ = state.bytesArrived(1, now: start)
        _ = state.headArrived(now: start)
        _ = state.requestBegan(head, label: .mutate, isAccepted: isAccepted, now: start)
    }

    private static func head(_ headers: HTTPHeaders = ["content-length": "50"]) -> RequestHead {
        var all: HTTPHeaders = ["host": "x"]
        all.add(contentsOf: headers)
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/mutate", headers: all)
        guard let request = try? RequestHead(head) else { preconditionFailure("a head that cannot be read") }
        return request
    }

    private static func exchange(isAccepted: Bool = true, received: Int = 0) -> HTTPConnectionState.Exchange {
        HTTPConnectionState.Exchange(
            since: start, label: .mutate, isAccepted: isAccepted, keepsAlive: true, isHTTP10: false,
            isHEAD: false,
            received: received)
    }

    private static let whole = HTTPConnectionState.LastAnswer(
        label: .mutate, omitsBody: false, requestIsComplete: true)
    private static let cut = HTTPConnectionState.LastAnswer(
        label: .mutate, omitsBody: false, requestIsComplete: false)
    private static let new = HTTPConnectionState.LastAnswer(
        label: .other, omitsBody: false, requestIsComplete: false, isNew: true)

    private func run<Result>(
        _ place: Place, _ transition: (inout HTTPConnectionState) -> Result
    ) -> (result: Result, state: HTTPConnectionState) {
        var state = place.make()
        let result = transition(&state)
        return (result, state)
    }

    @Test func `Each state has its phase and its deadline`() {
        let expected: [(Place, HTTPConnectionState.Phase, NIODeadline)] = [
            (.handshaking, .handshaking, .distantFuture), (.idle, .idle, Self.start + .seconds(120)),
            (.served, .idle, Self.start + .seconds(120)),
            (.receivingHead, .receivingHead(since: Self.start), Self.start + .seconds(10)),
            (.receivingBody, .receivingBody(Self.exchange()), Self.start + .seconds(10)),
            (
                .receivingUnwanted, .receivingBody(Self.exchange(isAccepted: false)),
                Self.start + .seconds(10)
            ),
            (.answering, .answering(Self.exchange()), .distantFuture),
            (.lingering, .lingering, Self.start + .seconds(2)),
        ]
        for (place, phase, deadline) in expected {
            let state = place.make()
            #expect(state.phase == phase && state.deadline == deadline, "\(place)")
            #expect(state.isAnswering == (place == .answering))
        }
        #expect(Place.closed.make().phase == .closed)
    }

    @Test(arguments: Place.allCases)
    func `Handshake finished`(from place: Place) {
        let (happened, state) = run(place) { $0.handshakeFinished(now: Self.now) }
        #expect(happened == (place == .handshaking))
        #expect(state.phase == (place == .handshaking ? .idle : place.make().phase))
        if happened { #expect(state.deadline == Self.now + .seconds(120)) }
    }

    @Test(
        arguments: [
            (.handshaking, true), (.idle, true), (.served, true), (.receivingHead, true),
            (.receivingBody, true),
            (.receivingUnwanted, true), (.answering, true), (.lingering, false), (.closed, false),
        ] as [(Place, Bool)])
    func `Bytes`(from place: Place, areParsed: Bool) {
        let (result, state) = run(place) { $0.bytesArrived(10, now: Self.now) }
        #expect(result == areParsed)
        let begins = place == .idle || place == .served
        #expect(state.phase == (begins ? .receivingHead(since: Self.now) : place.make().phase))
        if begins { #expect(state.deadline == Self.now + .seconds(10)) }
    }

    @Test(
        arguments: [
            (.handshaking, .drop), (.idle, .take), (.served, .take), (.receivingHead, .take),
            (.receivingBody, .drop), (.receivingUnwanted, .drop), (.answering, .hold), (.lingering, .drop),
            (.closed, .drop),
        ] as [(Place, HTTPConnectionState.Arrival)])
    func `A head`(from place: Place, does: HTTPConnectionState.Arrival) {
        let (result, state) = run(place) { $0.headArrived(now: Self.now) }
        #expect(result == does)
        // The time of a request that came in one piece with the one before begins with its head.
        let begins = place == .idle || place == .served
        #expect(state.phase == (begins ? .receivingHead(since: Self.now) : place.make().phase))
    }

    @Test(arguments: Place.allCases)
    func `A request begins only behind its head`(from place: Place) {
        let (result, state) = run(place) {
            $0.requestBegan(Self.head(), label: .mutate, isAccepted: true, now: Self.now)
        }
        #expect(result == (place == .receivingHead ? .receive : .ignored))
        #expect(
            state.phase == (place == .receivingHead ? .receivingBody(Self.exchange()) : place.make().phase))
    }

    @Test(
        arguments: [
            (["content-length": "100"], true, .receive), (["content-length": "100"], false, .receive),
            (["content-length": "101"], true, .tooLarge(cut)),
            (["content-length": "101"], false, .tooLarge(cut)),
            (["content-length": "50", "expect": "100-continue"], true, .sendContinue),
            (["content-length": "50", "expect": "100-continue"], false, .refuse(cut)),
            (["content-length": "101", "expect": "100-continue"], true, .tooLarge(cut)),
            (["expect": "100-continue"], false, .receive), ([:], true, .receive),
            (["transfer-encoding": "chunked"], true, .receive),
        ] as [(HTTPHeaders, Bool, HTTPConnectionState.Beginning)])
    func `A request`(_ headers: HTTPHeaders, isAccepted: Bool, does: HTTPConnectionState.Beginning) {
        let (result, state) = run(.receivingHead) {
            $0.requestBegan(Self.head(headers), label: .mutate, isAccepted: isAccepted, now: Self.now)
        }
        #expect(result == does)
        switch does {
        case .tooLarge, .refuse:
            #expect(state.phase == .lingering && state.deadline == Self.now + .seconds(2))
            #expect(state.lastAnswerWritten() == .output)
        default: #expect(state.phase == .receivingBody(Self.exchange(isAccepted: isAccepted)))
        }
    }

    @Test(
        arguments: [
            (.handshaking, .drop), (.idle, .drop), (.served, .drop), (.receivingHead, .drop),
            (.receivingBody, .keep), (.receivingUnwanted, .drop), (.answering, .hold), (.lingering, .drop),
            (.closed, .drop),
        ] as [(Place, HTTPConnectionState.BodyArrival)])
    func `Some of a body`(from place: Place, does: HTTPConnectionState.BodyArrival) {
        let (result, state) = run(place) { $0.bodyArrived(60, now: Self.now) }
        #expect(result == does)
        switch place {
        case .receivingBody: #expect(state.phase == .receivingBody(Self.exchange(received: 60)))
        case .receivingUnwanted:
            #expect(state.phase == .receivingBody(Self.exchange(isAccepted: false, received: 60)))
        default: #expect(state.phase == place.make().phase)
        }
    }

    @Test(arguments: [Place.receivingBody, .receivingUnwanted])
    func `A body over the limit`(from place: Place) {
        var state = place.make()
        let results = [100, 1, 1].map { state.bodyArrived($0, now: Self.now) }
        #expect(results == [place == .receivingBody ? .keep : .drop, .tooLarge(Self.cut), .drop])
        #expect(state.phase == .lingering && state.deadline == Self.now + .seconds(2))
    }

    @Test(
        arguments: [
            (.handshaking, .drop), (.idle, .drop), (.served, .drop), (.receivingHead, .drop),
            (.receivingBody, .answer(exchange())), (.receivingUnwanted, .answer(exchange(isAccepted: false))),
            (.answering, .hold), (.lingering, .drop), (.closed, .drop),
        ] as [(Place, HTTPConnectionState.End)])
    func `The end of a request`(from place: Place, does: HTTPConnectionState.End) {
        let (result, state) = run(place) { $0.endArrived() }
        #expect(result == does)
        if case .answer(let exchange) = does {
            #expect(state.phase == .answering(exchange) && state.deadline == .distantFuture)
        } else {
            #expect(state.phase == place.make().phase)
        }
    }

    @Test(arguments: Place.allCases)
    func `An answer`(from place: Place) {
        let (stays, open) = run(place) { $0.answered(mayStay: true, now: Self.now) }
        let (goes, ending) = run(place) { $0.answered(mayStay: false, now: Self.now) }
        guard place == .answering else {
            #expect(stays == .drop && goes == .drop)
            #expect(open.phase == place.make().phase && ending.phase == place.make().phase)
            return
        }
        #expect(stays == .keepOpen(Self.exchange()))
        #expect(open.phase == .idle && open.deadline == Self.now + .seconds(120))
        #expect(goes == .last(Self.whole))
        #expect(ending.phase == .lingering && ending.deadline == Self.now + .seconds(2))
        #expect(ending.lastAnswerWritten() == .all)
    }

    @Test func `A client that asks to close the connection gets its way`() {
        var state = Place.receivingHead.make()
        _ = state.requestBegan(
            Self.head(["connection": "close"]), label: .mutate, isAccepted: true, now: Self.now)
        _ = state.endArrived()
        let answer = state.answered(mayStay: true, now: Self.now)
        #expect(answer == .last(Self.whole))
    }

    @Test func `Little may come ahead of an answer, and more ends the connection`() {
        var state = Place.answering.make()
        let areParsed = [Self.limits.maxHeldBytes, 1].map { state.bytesArrived($0, now: Self.now) }
        #expect(areParsed == [true, false])
        let last = state.answered(mayStay: true, now: Self.now)
        #expect(last == .last(Self.cut))
        #expect(state.lastAnswerWritten() == .output)

        // It is counted for each answer.
        var next = Place.answering.make()
        for _ in 0..<2 {
            let isParsed = next.bytesArrived(Self.limits.maxHeldBytes, now: Self.now)
            #expect(isParsed)
            let answer = next.answered(mayStay: true, now: Self.now)
            #expect(answer == .keepOpen(Self.exchange()))
            Self.begin(&next)
            _ = next.endArrived()
        }
    }

    @Test(
        arguments: [
            (.handshaking, .close), (.idle, .answer(new)), (.served, .answer(new)),
            (.receivingHead, .answer(new)),
            (.receivingBody, .answer(cut)), (.receivingUnwanted, .answer(cut)), (.answering, .hold),
            (.lingering, .drop), (.closed, .close),
        ] as [(Place, HTTPConnectionState.Refusal)])
    func `A refusal`(from place: Place, does: HTTPConnectionState.Refusal) {
        let (result, state) = run(place) { $0.refused(now: Self.now) }
        #expect(result == does)
        if case .answer = does {
            #expect(state.phase == .lingering && state.deadline == Self.now + .seconds(2))
            #expect(state.lastAnswerWritten() == .output)
        } else {
            #expect(state.phase == place.make().phase)
        }
    }

    @Test(
        arguments: [
            (.handshaking, .finish), (.idle, .finish), (.served, .finish), (.receivingHead, .finish),
            (.receivingBody, .finish), (.receivingUnwanted, .finish), (.answering, .hold),
            (.lingering, .finish),
            (.closed, .drop),
        ] as [(Place, HTTPConnectionState.InputClose)])
    func `The client sends nothing more`(from place: Place, does: HTTPConnectionState.InputClose) {
        let (result, state) = run(place) { $0.inputClosed(now: Self.now) }
        #expect(result == does)
        if does == .finish {
            #expect(state.phase == .lingering && state.deadline == Self.now + .seconds(2))
            // There is nothing left to read, so that both halves can be closed.
            #expect(state.lastAnswerWritten() == .all)
        } else {
            #expect(state.phase == place.make().phase)
        }
    }

    @Test(arguments: Place.allCases)
    func `The last answer is written`(in place: Place) {
        #expect(place.make().lastAnswerWritten() == (place == .lingering ? .output : .ignored))
    }

    @Test(
        arguments: [
            (.handshaking, .wait), (.idle, .close), (.served, .close), (.receivingHead, .timeOut(new)),
            (.receivingBody, .timeOut(cut)), (.receivingUnwanted, .timeOut(cut)), (.answering, .wait),
            (.lingering, .abort), (.closed, .close),
        ] as [(Place, HTTPConnectionState.Expiry)])
    func `The deadline`(from place: Place, does: HTTPConnectionState.Expiry) {
        let deadline = place.make().deadline
        if deadline < .distantFuture {
            let (early, state) = run(place) { $0.deadlinePassed(now: deadline - .nanoseconds(1)) }
            #expect(early == .wait && state.phase == place.make().phase)
        }
        let (result, state) = run(place) { $0.deadlinePassed(now: deadline) }
        // Of TLS the handler itself keeps the time, and a review has a deadline of its own.
        #expect(result == (place == .handshaking ? .close : does))
        if case .timeOut = does { #expect(state.phase == .lingering) }
    }

    @Test(arguments: Place.allCases)
    func `The listener is closed`(from place: Place) {
        let (closes, state) = run(place) { $0.listenerClosed(now: Self.now) }
        #expect(closes == (place == .served))
        #expect(state.phase == place.make().phase)
        // One that has not asked for anything yet may have a request on its way.
        #expect(state.deadline == (place == .idle ? Self.now + .seconds(10) : place.make().deadline))
    }

    @Test func `After the listener is closed nobody idles for long`() {
        var state = Place.handshaking.make()
        _ = state.listenerClosed(now: Self.now)
        _ = state.handshakeFinished(now: Self.now)
        #expect(state.deadline == Self.now + .seconds(10))
        let late = HTTPConnectionState(
            limits: Self.limits, awaitsHandshake: false, listenerIsClosed: true, now: Self.now)
        #expect(late.deadline == Self.now + .seconds(10))
    }

    @Test(
        arguments: [
            (.handshaking, .nothing), (.idle, .nothing), (.served, .nothing), (.receivingHead, .nothing),
            (.receivingBody, .request), (.receivingUnwanted, .request), (.answering, .answer),
            (.lingering, .nothing), (.closed, .nothing),
        ] as [(Place, HTTPConnectionState.Loss)])
    func `The connection is gone`(from place: Place, loses: HTTPConnectionState.Loss) {
        let (result, state) = run(place) { $0.ended() }
        #expect(result == loses)
        #expect(state.phase == .closed)
    }
}
