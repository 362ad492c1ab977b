import JSON
import NIOCore

/// One answer, before it is written as bytes.
struct HTTPResponse: Sendable {
    /// The media types that are ever sent.
    enum ContentType: Sendable {
        case json, text, metrics

        var name: String {
            switch self {
            case .json: "application/json"
            case .text: "text/plain; charset=utf-8"
            case .metrics: "text/plain; version=0.0.4; charset=utf-8"
            }
        }
    }

    var status: HTTPStatus
    var contentType: ContentType
    var body: [UInt8]
    /// Which methods the path has, for `Allow`.
    var allow: String?
    /// After how many seconds to come again. The API server repeats a call that failed with 5xx only when
    /// this is stated (k8s.io/apiserver, pkg/util/webhook, `WithExponentialBackoff`; client-go, rest/request.go).
    var retryAfter: Int?
    /// Whether the connection is to end with this answer, whatever the client asks for.
    var closes: Bool

    init(
        _ status: HTTPStatus, _ contentType: ContentType, _ body: [UInt8], allow: String? = nil,
        retryAfter: Int? = nil, closes: Bool = false
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.allow = allow
        self.retryAfter = retryAfter
        self.closes = closes
    }

    /// An answer of `{"error": …}`.
    static func error(_ status: HTTPStatus, _ message: String, closes: Bool = false) -> HTTPResponse {
        var json = JSONWriter()
        json.object { $0.member("error", message) }
        json.endLine()
        return HTTPResponse(status, .json, json.bytes, closes: closes)
    }

    /// "Not here, not now, but try again": the API server then tries another replica.
    static func unavailable(_ message: String) -> HTTPResponse {
        var answer = error(.serviceUnavailable, message, closes: true)
        answer.retryAfter = 1
        return answer
    }

    /// What the bytes of an answer depend on apart from the answer.
    struct Framing: Sendable {
        /// An answer to HEAD has the length of the body, and no body.
        var omitsBody = false
        /// Whether to say that the connection ends.
        var closes: Bool
        /// HTTP/1.0 clients need to be told that the connection stays.
        var confirmsKeepAlive = false
        /// The value of `Date`.
        var date: String
    }

    /// Appends the answer as HTTP/1.1 (RFC 9112), head and body in one piece.
    func write(to buffer: inout ByteBuffer, framing: Framing) {
        if status == .ok, contentType == .json {
            buffer.writeStaticString(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
        } else {
            buffer.writeString("HTTP/1.1 \(status.rawValue) \(status.reason)\r\n")
            buffer.writeString("Content-Type: \(contentType.name)\r\n")
            if let allow { buffer.writeString("Allow: \(allow)\r\n") }
            if let retryAfter { buffer.writeString("Retry-After: \(retryAfter)\r\n") }
            buffer.writeStaticString("Content-Length: ")
        }
        buffer.writeString(String(body.count))
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeString(framing.date)
        if framing.closes {
            buffer.writeStaticString("\r\nConnection: close")
        } else if framing.confirmsKeepAlive {
            buffer.writeStaticString("\r\nConnection: keep-alive")
        }
        buffer.writeStaticString("\r\n\r\n")
        if !framing.omitsBody { buffer.writeBytes(body) }
    }

    /// What has to be sent before a client that said `Expect: 100-continue` sends its body
    /// (RFC 9110, section 10.1.1).
    static let `continue`: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
}
