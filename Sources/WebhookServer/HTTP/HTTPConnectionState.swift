import NIOCore

/// Where one connection's requests stand, one after the other.
///
/// All changes go through the named transitions below, which say what is to be done; a transition that makes no sense
/// in a state leaves it as it is and says so. There is no clock in it: the caller says what time it is.
struct HTTPConnectionState {
    /// Each phase has one deadline.
    enum Phase: Hashable {
        /// TLS is being negotiated.
        case handshaking
        /// Nothing of a next request has come.
        case idle
        /// Some of a request's head has come, since the given moment.
        case receivingHead(since: NIODeadline)
        /// The head has come, the body has not, or not all of it.
        case receivingBody(Exchange)
        /// The whole request has come, and its answer is being worked out. What comes now is held until it is written.
        case answering(Exchange)
        /// The last answer is on its way; whatever still comes is thrown away.
        case lingering
        case closed
    }

    /// A request whose head has come.
    struct Exchange: Hashable {
        /// When its first byte came.
        var since: NIODeadline
        var label: PathLabel
        /// Whether the body is wanted: else it is only waited for, so that the answer is read.
        var isAccepted: Bool
        /// Whether the connection may go on after the answer.
        var keepsAlive: Bool
        var isHTTP10: Bool
        var isHEAD: Bool
        /// How much of the body has come, in bytes, kept or not.
        var received = 0
    }

    /// How the connection's last answer is written.
    struct LastAnswer: Hashable {
        var label: PathLabel
        var omitsBody: Bool
        /// Whether the client may still be sending: then only our half is closed behind the answer, for closing at once
        /// would reset the connection, and the answer would be lost with it (RFC 9112, section 9.6).
        var requestIsComplete: Bool
        /// Whether what is answered had not begun as a request yet.
        var isNew = false
    }

    let limits: ConnectionLimits
    private(set) var phase: Phase
    /// When ``deadlinePassed(now:)`` has something to do.
    private(set) var deadline: NIODeadline
    /// Since when it has been waited for what the phase waits for.
    private(set) var since: NIODeadline
    /// Whether a request has been answered here.
    private var hasServed = false
    /// Whether anything came after the last answer.
    private var hasUnreadInput = false
    private var listenerIsClosed: Bool
    /// How much has come ahead of an answer, in bytes.
    private var heldBytes = 0

    /// - Parameter awaitsHandshake: whether TLS has to be negotiated first; the TLS handler keeps the time of that.
    init(limits: ConnectionLimits, awaitsHandshake: Bool, listenerIsClosed: Bool, now: NIODeadline) {
        self.limits = limits
        self.listenerIsClosed = listenerIsClosed
        phase = .handshaking
        deadline = .distantFuture
        since = now
        if !awaitsHandshake { becomeIdle(now: now) }
    }

    /// Whether an answer is being worked out, so that nothing more is to be read.
    var isAnswering: Bool {
        if case .answering = phase { return true }
        return false
    }

    /// What the connection would be ended for, should another need its place; `nil` while it has a request.
    var waitingKind: WaitingKind? {
        switch phase {
        case .handshaking, .idle: .silent
        case .receivingHead: .unfinished
        // Their client is owed something; whether that keeps them is for ``ConnectionLimits/mayInterruptRequests``.
        case .receivingBody, .answering, .lingering: limits.mayInterruptRequests ? .unfinished : nil
        case .closed: nil
        }
    }

    /// Until when a connection may be without a request. Once the listener is closed, one that has not asked for
    /// anything yet gets no more time than a request may take.
    private mutating func becomeIdle(now: NIODeadline) {
        phase = .idle
        since = now
        let isLate = listenerIsClosed && !hasServed
        deadline = now + (isLate ? limits.requestTimeout : limits.idleTimeout)
    }

    private mutating func receiveHead(since now: NIODeadline) {
        phase = .receivingHead(since: now)
        since = now
        deadline = now + limits.requestTimeout
    }

    private mutating func linger(_ answer: LastAnswer, now: NIODeadline) -> LastAnswer {
        phase = .lingering
        since = now
        hasUnreadInput = !answer.requestIsComplete
        deadline = now + limits.lingerTimeout
        return answer
    }

    private mutating func linger(
        _ exchange: Exchange, requestIsComplete: Bool, now: NIODeadline
    ) -> LastAnswer {
        linger(
            LastAnswer(
                label: exchange.label, omitsBody: exchange.isHEAD, requestIsComplete: requestIsComplete),
            now: now)
    }

    // MARK: Arrivals

    /// TLS is established. False when it already was.
    mutating func handshakeFinished(now: NIODeadline) -> Bool {
        guard case .handshaking = phase else { return false }
        becomeIdle(now: now)
        return true
    }

    /// Bytes have come; the parser has not seen them yet.
    /// - Returns: whether it is to.
    mutating func bytesArrived(_ count: Int, now: @autoclosure () -> NIODeadline) -> Bool {
        switch phase {
        case .idle:
            receiveHead(since: now())
            return true
        case .receivingHead, .receivingBody, .handshaking: return true
        case .answering(var exchange):
            // Reading has stopped; this is what was under way, or all that a client sent before it went.
            heldBytes += count
            guard heldBytes > limits.maxHeldBytes else { return true }
            exchange.keepsAlive = false
            phase = .answering(exchange)
            return false
        case .lingering:
            hasUnreadInput = true
            return false
        case .closed: return false
        }
    }

    enum Arrival: Hashable {
        /// It belongs to the request that is being received.
        case take
        /// It comes ahead of an answer: to be shown again after that.
        case hold
        /// Nobody needs it.
        case drop
    }

    /// A head has come.
    mutating func headArrived(now: @autoclosure () -> NIODeadline) -> Arrival {
        switch phase {
        case .receivingHead: return .take
        case .idle:
            // It came in one piece with the request before it.
            receiveHead(since: now())
            return .take
        case .answering: return .hold
        case .lingering:
            hasUnreadInput = true
            return .drop
        case .handshaking, .receivingBody, .closed: return .drop
        }
    }

    enum Beginning: Hashable {
        /// The body is waited for.
        case receive
        /// The same, and the client has to be told to send it.
        case sendContinue
        /// The body is announced as larger than it may be.
        case tooLarge(LastAnswer)
        /// The client asks before it sends what is not wanted.
        case refuse(LastAnswer)
        case ignored
    }

    /// The head could be read, and it is known what becomes of the request.
    mutating func requestBegan(
        _ head: RequestHead, label: PathLabel, isAccepted: Bool, now: @autoclosure () -> NIODeadline
    ) -> Beginning {
        guard case .receivingHead(let since) = phase else { return .ignored }
        let exchange = Exchange(
            since: since, label: label, isAccepted: isAccepted, keepsAlive: head.keepAlive,
            isHTTP10: head.isHTTP10,
            isHEAD: head.isHEAD)
        phase = .receivingBody(exchange)
        if case .length(let length) = head.framing, length > limits.maxBodyBytes {
            return .tooLarge(linger(exchange, requestIsComplete: false, now: now()))
        }
        guard head.expectsContinue, head.framing != .none else { return .receive }
        return isAccepted ? .sendContinue : .refuse(linger(exchange, requestIsComplete: false, now: now()))
    }

    enum BodyArrival: Hashable {
        case keep, hold, drop
        case tooLarge(LastAnswer)
    }

    /// Some of a body has come, this many bytes.
    mutating func bodyArrived(_ count: Int, now: @autoclosure () -> NIODeadline) -> BodyArrival {
        switch phase {
        case .receivingBody(var exchange):
            exchange.received += count
            guard exchange.received <= limits.maxBodyBytes else {
                return .tooLarge(linger(exchange, requestIsComplete: false, now: now()))
            }
            phase = .receivingBody(exchange)
            return exchange.isAccepted ? .keep : .drop
        case .answering: return .hold
        case .lingering:
            hasUnreadInput = true
            return .drop
        case .handshaking, .idle, .receivingHead, .closed: return .drop
        }
    }

    enum End: Hashable {
        case answer(Exchange)
        case hold, drop
    }

    /// The request is complete.
    mutating func endArrived() -> End {
        switch phase {
        case .receivingBody(let exchange):
            phase = .answering(exchange)
            deadline = .distantFuture
            return .answer(exchange)
        case .answering: return .hold
        case .handshaking, .idle, .receivingHead, .lingering, .closed: return .drop
        }
    }

    // MARK: Answers

    enum Answer: Hashable {
        /// It is written, and the next request may come.
        case keepOpen(Exchange)
        case last(LastAnswer)
        /// The client has gone.
        case drop
    }

    /// The answer is known.
    /// - Parameter mayStay: whether the server, and the answer, let the connection go on.
    mutating func answered(mayStay: Bool, now: NIODeadline) -> Answer {
        guard case .answering(let exchange) = phase else { return .drop }
        let isFlooded = heldBytes > limits.maxHeldBytes
        heldBytes = 0
        guard exchange.keepsAlive, mayStay else {
            return .last(linger(exchange, requestIsComplete: !isFlooded, now: now))
        }
        // The request is over before its answer is written: a write that finds the connection reset ends it within that
        // very call, and what the request held would be given back twice.
        hasServed = true
        becomeIdle(now: now)
        return .keepOpen(exchange)
    }

    enum Refusal: Hashable {
        case answer(LastAnswer)
        case hold, drop
        /// There is nobody who could read an answer.
        case close
    }

    /// What has come is not a request, or not one that can be taken.
    mutating func refused(isHEAD: Bool = false, now: NIODeadline) -> Refusal {
        switch phase {
        case .receivingBody(let exchange):
            return .answer(linger(exchange, requestIsComplete: false, now: now))
        case .idle, .receivingHead:
            let answer = LastAnswer(label: .other, omitsBody: isHEAD, requestIsComplete: false, isNew: true)
            return .answer(linger(answer, now: now))
        case .answering: return .hold
        case .lingering:
            hasUnreadInput = true
            return .drop
        case .handshaking, .closed: return .close
        }
    }

    // MARK: Ends

    enum InputClose: Hashable {
        /// What has been answered is written, then it is over.
        case finish
        case hold, drop
    }

    /// The client sends nothing more; it may still read. A request that was cut off has been refused already, because
    /// the parser hears of this first.
    mutating func inputClosed(now: NIODeadline) -> InputClose {
        switch phase {
        case .answering: return .hold
        case .closed: return .drop
        case .handshaking, .idle, .receivingHead, .receivingBody, .lingering:
            phase = .lingering
            since = now
            hasUnreadInput = false
            deadline = now + limits.lingerTimeout
            return .finish
        }
    }

    enum Close: Hashable {
        /// Only our half: the client may still be sending.
        case output
        case all
        case ignored
    }

    /// The last answer has been written.
    func lastAnswerWritten() -> Close {
        guard case .lingering = phase else { return .ignored }
        return hasUnreadInput ? .output : .all
    }

    enum Expiry: Hashable {
        /// It is not time yet.
        case wait
        /// The request did not arrive in time.
        case timeOut(LastAnswer)
        case close
        /// Without waiting for anybody.
        case abort
    }

    /// It is this late.
    mutating func deadlinePassed(now: NIODeadline) -> Expiry {
        guard now >= deadline else { return .wait }
        switch phase {
        case .receivingHead, .receivingBody:
            if case .answer(let answer) = refused(now: now) { return .timeOut(answer) }
            return .wait
        case .handshaking, .idle, .closed: return .close
        case .lingering: return .abort
        case .answering: return .wait
        }
    }

    /// No further connection will come, and this one is to end as soon as nothing is lost by it.
    ///
    /// One that has been accepted but has not asked for anything yet may have a request on its way: it is given the time
    /// that a request may take. One that was kept open after an answer is idle.
    /// - Returns: whether it is to be closed now.
    mutating func listenerClosed(now: NIODeadline) -> Bool {
        listenerIsClosed = true
        guard case .idle = phase else { return false }
        if hasServed { return true }
        deadline = min(deadline, now + limits.requestTimeout)
        return false
    }

    enum Loss: Hashable {
        case nothing
        /// A request whose body was coming.
        case request
        /// A request that nobody waits for any more.
        case answer
    }

    /// The connection is gone.
    mutating func ended() -> Loss {
        defer { phase = .closed }
        switch phase {
        case .receivingBody: return .request
        case .answering: return .answer
        case .handshaking, .idle, .receivingHead, .lingering, .closed: return .nothing
        }
    }
}
