import NIOHTTP1

/// What this server wants to know of a request's head, taken from it in one pass.
struct RequestHead: Sendable {
    /// How the body's end is told.
    enum BodyFraming: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// The path without the query.
    var path: Substring
    /// What follows the question mark, if there is one.
    var query: Substring?
    var method: HTTPMethod
    var framing: BodyFraming
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// Whether the media type is `application/json`, with or without parameters.
    var isJSON = false
    /// Whether the connection may go on after the answer.
    var keepAlive: Bool
    /// Whether the client speaks HTTP/1.0.
    var isHTTP10: Bool
    /// Which trace the request belongs to, where it says so: see ``TraceParent``.
    var traceParent: String?

    /// Whether the answer is to have no body.
    var isHEAD: Bool { method == .HEAD }

    /// Reads a head.
    /// - Throws: ``Refusal`` for what may be understood in two ways. The parser has refused most of it already
    ///   (RFC 9112, sections 3.2 and 6.3); these are the rules that it leaves to its user.
    init(_ head: HTTPRequestHead) throws(Refusal) {
        var fields = Fields()
        for (name, value) in head.headers { fields.note(name, value) }

        method = head.method
        isHTTP10 = head.version.minor == 0
        if let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = head.uri[..<mark]
            query = head.uri[head.uri.utf8.index(after: mark)...]
        } else {
            path = Substring(head.uri)
            query = nil
        }
        // After an upgrade or CONNECT the parser takes no further request from this connection.
        keepAlive = head.isKeepAlive && !fields.hasUpgrade && head.method != .CONNECT
        isJSON = fields.contentTypes == 1 && fields.isJSON
        // Of two, neither is to be relied on.
        if fields.traceParents == 1 { traceParent = fields.traceParent.flatMap(TraceParent.read) }
        framing = try Self.bodyFraming(fields, isHTTP10: isHTTP10)

        if fields.hosts > 1 || (fields.hosts == 0 && !isHTTP10) {
            throw Refusal(.badRequest, "the request has \(fields.hosts) Host headers; send exactly one")
        }
        if fields.hasExpectation {
            guard fields.expectsContinue else {
                throw Refusal(.expectationFailed, "the only expectation served here is 100-continue")
            }
            expectsContinue = !isHTTP10
        }
    }

    /// Why a request is refused by its head alone.
    struct Refusal: Error, Sendable, Equatable {
        var status: HTTPStatus
        var message: String

        init(_ status: HTTPStatus, _ message: String) {
            self.status = status
            self.message = message
        }
    }

    private static func bodyFraming(_ fields: Fields, isHTTP10: Bool) throws(Refusal) -> BodyFraming {
        if fields.transferEncodings > 0 {
            guard fields.transferEncodings == 1, fields.isChunked, !isHTTP10, fields.contentLengths == 0
            else {
                throw Refusal(
                    .badRequest,
                    "the body's end is ambiguous: send either Content-Length or Transfer-Encoding: chunked")
            }
            return .chunked
        }
        guard fields.contentLengths > 0 else { return .none }
        guard fields.contentLengths == 1, fields.isDecimal else {
            throw Refusal(.badRequest, "send one Content-Length, a decimal number")
        }
        // More digits than fit are too long in any case.
        return .length(fields.contentLength ?? Int.max)
    }

    /// The header fields that matter, counted, so that doubled ones are seen.
    private struct Fields {
        var hosts = 0
        var contentLengths = 0
        var contentLength: Int?
        var isDecimal = false
        var transferEncodings = 0
        var isChunked = false
        var contentTypes = 0
        var isJSON = false
        var hasExpectation = false
        var expectsContinue = false
        var hasUpgrade = false
        var traceParents = 0
        var traceParent: String?

        mutating func note(_ name: String, _ value: String) {
            switch name.utf8.count {
            case 4 where name.equalsIgnoringCase("host"):
                hosts += 1
            case 6 where name.equalsIgnoringCase("expect"):
                hasExpectation = true
                expectsContinue = value.equalsIgnoringCase("100-continue")
            case 7 where name.equalsIgnoringCase("upgrade"):
                hasUpgrade = true
            case 11 where name.equalsIgnoringCase("traceparent"):
                traceParents += 1
                traceParent = value
            case 12 where name.equalsIgnoringCase("content-type"):
                contentTypes += 1
                isJSON = Self.isJSON(value)
            case 14 where name.equalsIgnoringCase("content-length"):
                contentLengths += 1
                contentLength = Int(value)
                isDecimal = !value.isEmpty && value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            case 17 where name.equalsIgnoringCase("transfer-encoding"):
                transferEncodings += 1
                isChunked = value.equalsIgnoringCase("chunked")
            default:
                break
            }
        }

        /// `application/json` in any case, alone or before a semicolon (RFC 9110, section 8.3.1).
        private static func isJSON(_ value: String) -> Bool {
            let blanks: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            var type = value.utf8.prefix { $0 != UInt8(ascii: ";") }.drop(while: blanks)
            while let last = type.last, blanks(last) { type = type.dropLast() }
            return Substring(type).equalsIgnoringCase("application/json")
        }
    }
}

extension StringProtocol {
    /// Whether two texts are the same but for the case of ASCII letters; `other` is in lower case.
    fileprivate func equalsIgnoringCase(_ other: StaticString) -> Bool {
        guard utf8.count == other.utf8CodeUnitCount else { return false }
        return other.withUTF8Buffer { lower in
            var index = 0
            for byte in utf8 {
                let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                guard lower[index] == (isUpper ? byte | 0x20 : byte) else { return false }
                index += 1
            }
            return true
        }
    }
}
