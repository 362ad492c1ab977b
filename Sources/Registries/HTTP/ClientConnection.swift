import Catalogue
import NIOCore
import NIOHTTP1

/// A connection to one host, for a thread that waits for what it asks.
final class ClientConnection: Sendable {
    let origin: HTTPAddress.Origin
    private let channel: any Channel
    private let puller: NIOLoopBound<ResponsePuller>

    init(origin: HTTPAddress.Origin, channel: any Channel, puller: NIOLoopBound<ResponsePuller>) {
        self.origin = origin
        self.channel = channel
        self.puller = puller
    }

    deinit { close() }

    func close() { channel.close(promise: nil) }

    /// Sends a request, and waits until its answer begins.
    /// - Throws: ``RegistryError``; the connection is of no use then.
    func send(
        _ request: HTTPRequest, target: String, limits: RegistryLimits, deadline: NIODeadline
    ) throws(RegistryError) -> HTTPResponseHead {
        var headers = request.headers
        headers.replaceOrAdd(name: "Host", value: origin.authority)
        if !request.body.isEmpty {
            headers.replaceOrAdd(name: "Content-Length", value: String(request.body.count))
        }
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: target, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !request.body.isEmpty {
            channel.write(
                HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        guard case .head(let answer) = try part(limits.silence, deadline) else {
            throw RegistryError(.malformed, "\(origin.description): an answer without a head")
        }
        return answer
    }

    /// The next part of an answer.
    func part(_ limit: TimeAmount, _ deadline: NIODeadline) throws(RegistryError) -> HTTPClientResponsePart {
        let left = min(limit, deadline - .now())
        guard left > .zero else {
            throw RegistryError(.timeout, "\(origin.description): the time for one image is over")
        }
        do {
            let loop = channel.eventLoop
            return try loop.flatSubmit { [puller] in puller.value.next(within: left, on: loop) }.wait()
        } catch {
            throw RegistryError(error, origin)
        }
    }
}

/// What is asked for, whatever the host.
struct HTTPRequest: Sendable {
    var method = HTTPMethod.GET
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
}
