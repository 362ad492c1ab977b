import Testing

/// One way in which a client misbehaves, and what becomes of it.
struct Fault: Sendable, CustomTestStringConvertible {
    /// What the client does, one after the other.
    enum Action: Sendable {
        case send([UInt8])
        /// Sends bytes past TLS, within a connection that speaks it.
        case sendBelowTLS([UInt8])
        /// Goes on sending this, again and again, until the connection ends.
        case trickle([UInt8])
        /// Waits until TLS is established.
        case awaitHandshake
        /// Waits until the server has said something.
        case awaitBytes
        /// Reads nothing any more.
        case stopReading
        /// Sends nothing more, but reads on.
        case closeOutput
        /// Closes in order.
        case close
        /// Ends the connection with RST.
        case reset
        /// Stays, without a further word, until the server has let go of the connection.
        case stay
    }

    /// How a connection ended, as the client saw it.
    enum Outcome: Sendable, Hashable {
        /// These statuses were answered, and then the server closed.
        case answers([Int])
        /// A fatal TLS alert in the clear (RFC 8446, section 6.2), and then the server closed.
        case alert(UInt8)
        /// The server began to speak TLS, and then closed.
        case handshake
        /// The server closed without a word.
        case closed
        /// The client itself went.
        case left
        /// The server let go of a client that stayed.
        case forgotten
        case unexpected(String)
    }

    /// What the client speaks.
    enum Transport: Sendable {
        case tls, tcp
        /// TLS, but it does not trust the server.
        case distrustful
    }

    var name: String
    var transport = Transport.tls
    var actions: [Action]
    var outcome: Outcome
    /// How many reviews each run asks for rightfully.
    var reviews = 0
    /// How often it is done in all, and how many do so at once.
    var times = 60
    var atOnce = 20

    var testDescription: String { name }
}

extension Fault {
    /// Bytes over TLS, and the statuses that are answered before the server closes.
    static func sent(
        _ name: String, _ bytes: [UInt8], _ statuses: [Int], reviews: Int = 0
    ) -> Fault {
        Fault(name: name, actions: [.send(bytes)], outcome: .answers(statuses), reviews: reviews)
    }

    /// The same with bytes by the megabyte: fewer clients, whose bodies fit into the server's budget together.
    static func large(_ name: String, _ bytes: [UInt8], _ statuses: [Int]) -> Fault {
        Fault(
            name: name, actions: [.awaitHandshake, .send(bytes)], outcome: .answers(statuses), times: 10,
            atOnce: 2)
    }

    /// What many clients do at once.
    static func slow(
        _ name: String, over transport: Transport = .tls, _ actions: [Action], _ outcome: Outcome,
        reviews: Int = 0, clients: Int = 40
    ) -> Fault {
        Fault(
            name: name, transport: transport, actions: actions, outcome: outcome, reviews: reviews,
            times: clients, atOnce: clients)
    }
}
