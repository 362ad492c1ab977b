import Testing

@testable import OpenSSLTLS

/// Every transition from every state.
@Suite struct ConnectionStateTests {
    private typealias State = TLSConnectionState

    private func run<Result>(
        _ state: State, _ transition: (inout State) -> Result
    ) -> (result: Result, state: State) {
        var state = state
        let result = transition(&state)
        return (result, state)
    }

    @Test(arguments: TLSConnectionState.allCases)
    func `Connected`(from state: TLSConnectionState) {
        let (happened, next) = run(state) { $0.connected() }
        #expect(happened == (state == .idle))
        #expect(next == (state == .idle ? .handshaking : state))
    }

    @Test(arguments: TLSConnectionState.allCases)
    func `Handshake finished`(from state: TLSConnectionState) {
        let (happened, next) = run(state) { $0.handshakeFinished() }
        #expect(happened == (state == .handshaking))
        #expect(next == (state == .handshaking ? .active : state))
    }

    @Test(
        arguments: [
            (.idle, .ignored, .idle), (.handshaking, .ignored, .handshaking),
            (.active, .halfClosed, .inputClosed),
            (.inputClosed, .ignored, .inputClosed), (.outputClosed, .finished, .closed),
            (.closing, .finished, .closed), (.closed, .ignored, .closed),
        ] as [(TLSConnectionState, TLSConnectionState.PeerClose, TLSConnectionState)])
    func `The peer's close_notify`(
        from state: TLSConnectionState, does: TLSConnectionState.PeerClose, to next: TLSConnectionState
    ) {
        #expect(run(state) { $0.peerSentCloseNotify() } == (does, next))
    }

    @Test(
        arguments: [
            (.idle, .afterHandshake, .idle), (.handshaking, .afterHandshake, .handshaking),
            (.active, .sendCloseNotify, .outputClosed), (.inputClosed, .sendCloseNotifyAndFinish, .closed),
            (.outputClosed, .ignored, .outputClosed), (.closing, .ignored, .closing),
            (.closed, .ignored, .closed),
        ] as [(TLSConnectionState, TLSConnectionState.OutputClose, TLSConnectionState)])
    func `Half close`(
        from state: TLSConnectionState, does: TLSConnectionState.OutputClose, to next: TLSConnectionState
    ) {
        #expect(run(state) { $0.outputCloseRequested() } == (does, next))
    }

    @Test(
        arguments: [
            (.idle, .finish, .closed), (.handshaking, .finish, .closed),
            (.active, .sendCloseNotifyAndWait, .closing),
            (.inputClosed, .sendCloseNotifyAndFinish, .closed),
            (.outputClosed, .sendCloseNotifyAndWait, .closing),
            (.closing, .wait, .closing), (.closed, .finish, .closed),
        ] as [(TLSConnectionState, TLSConnectionState.Close, TLSConnectionState)])
    func `Close`(
        from state: TLSConnectionState, does: TLSConnectionState.Close, to next: TLSConnectionState
    ) {
        #expect(run(state) { $0.closeRequested() } == (does, next))
    }

    @Test(
        arguments: [
            (.idle, .orderly), (.handshaking, .duringHandshake), (.active, .truncation),
            (.inputClosed, .orderly),
            (.outputClosed, .truncation), (.closing, .orderly), (.closed, .orderly),
        ] as [(TLSConnectionState, TLSConnectionState.Loss)])
    func `The network connection ends`(from state: TLSConnectionState, does: TLSConnectionState.Loss) {
        #expect(run(state) { $0.connectionLost() } == (does, .closed))
    }

    @Test(arguments: TLSConnectionState.allCases)
    func `Failure`(from state: TLSConnectionState) {
        #expect(run(state) { $0.failed() } == (state != .closed, .closed))
    }
}
