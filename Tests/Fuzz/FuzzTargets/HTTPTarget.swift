/// HTTP bytes for a port of the server, as they are after TLS.
///
/// The input's first byte says in what state the server is, the second how long the pieces are in which the bytes
/// come; the rest is what the client sends.
func fuzzHTTP(_ input: [UInt8]) throws {
    guard input.count > 2 else { return }
    let situation = HTTPSituation(rawValue: input[0])
    let bytes = input[2...]
    let whole = try hold(bytes, situation, pieces: 0)
    guard input[1] > 0 else { return }
    let cut = try hold(bytes, situation, pieces: Int(input[1]))
    // Of several reasons to refuse what is not a request, that which is seen first depends on the cut.
    try require(
        whole.map(\.isRefusal) == cut.map(\.isRefusal)
            && zip(whole, cut).allSatisfy { $0 == $1 || $0.isRefusal },
        "the answers depend on how the bytes are cut: \(whole) when whole, else \(cut)")
}

/// What an input's first byte says.
struct HTTPSituation: OptionSet {
    let rawValue: UInt8

    /// The bytes go to the admin port.
    static let admin = HTTPSituation(rawValue: 1)
    /// The server is being shut down.
    static let draining = HTTPSituation(rawValue: 2)
    /// The limits are those of the product; else they are small, so that short inputs reach them.
    static let productLimits = HTTPSituation(rawValue: 4)
    /// In the end the client waits until its time is over; else it ends its half.
    static let waits = HTTPSituation(rawValue: 8)
}

/// Sends the bytes to a server of its own and checks what comes back.
private func hold(
    _ bytes: ArraySlice<UInt8>, _ situation: HTTPSituation, pieces: Int
) throws -> [HTTPResponseRead] {
    let conversation = try HTTPConversation(situation)
    conversation.send(bytes, pieces: pieces)
    try conversation.end()
    return try HTTPPromises(conversation, isAdmin: situation.contains(.admin)).check()
}
