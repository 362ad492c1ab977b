import NIOCore
import NIOHTTP1

/// What the connection itself answers, whatever is served.
extension HTTPResponse {
    /// - Returns: `nil` for a failure of the connection: nobody is there to be told.
    static func answer(to error: any Error, limits: ConnectionLimits) -> HTTPResponse? {
        switch error {
        case HTTPParserError.headerOverflow:
            .error(
                .headerFieldsTooLarge,
                "the request's head is too large: at most \(limits.maxHeaderFields) header fields, "
                    + "\(limits.maxHeaderFieldBytes) bytes each and \(limits.maxHeadBytes) in all")
        case is HTTPParserError: .error(.badRequest, "this is not HTTP/1.1: \(error)")
        case is ByteToMessageDecoderError.PayloadTooLargeError:
            .error(.headerFieldsTooLarge, "the request's head is too large")
        default: nil
        }
    }

    static func tooLarge(_ limits: ConnectionLimits) -> HTTPResponse {
        .error(.contentTooLarge, "the body is larger than the limit of \(limits.maxBodyBytes) bytes")
    }

    static func timeout(_ limits: ConnectionLimits) -> HTTPResponse {
        .error(
            .requestTimeout,
            "the request did not arrive within \(limits.requestTimeout.nanoseconds / 1_000_000) ms")
    }

    static var noRoom: HTTPResponse { .unavailable("too many large requests at once") }
}
