/// An HTTP answer as a client reads it.
struct HTTPResponseRead: Equatable, CustomStringConvertible {
    var status: Int
    /// Names in lower case, without `Date`.
    var fields: [String: String]
    var body: [UInt8]

    var closes: Bool { fields["connection"] == "close" }

    /// Whether this refuses what is not a request, or too large a head for one.
    var isRefusal: Bool { closes && [400, 431].contains(status) }

    var description: String { "\(status) \(fields) \(String(decoding: body, as: UTF8.self))" }
}

/// Reads the answers of a connection, and takes nothing that RFC 9112 does not allow.
struct HTTPResponseReader {
    private var rest: ArraySlice<UInt8>
    private(set) var answers: [HTTPResponseRead] = []
    /// How often the client was told to go on.
    private(set) var continues = 0

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// - Parameter isHEAD: whether the request of that number was HEAD, whose answer has no body.
    mutating func readAll(isHEAD: (Int) -> Bool) throws {
        while !rest.isEmpty { try readOne(isHEAD: isHEAD(answers.count)) }
    }

    private mutating func readOne(isHEAD: Bool) throws {
        let start = try line()
        let parts = start.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == "HTTP/1.1", parts[1].utf8.count == 3, let status = Int(parts[1])
        else { throw BrokenPromise(description: "no status line: \(start)") }
        var fields: [String: String] = [:]
        while true {
            let field = try line()
            if field.isEmpty { break }
            guard let colon = field.firstIndex(of: ":"), field[colon...].hasPrefix(": ") else {
                throw BrokenPromise(description: "no header field: \(field)")
            }
            let name = field[..<colon].lowercased()
            try require(fields[name] == nil, "the field \(name) comes twice")
            fields[name] = String(field[colon...].dropFirst(2))
        }
        if status == 100 {
            try require(fields.isEmpty, "100 with fields: \(fields)")
            continues += 1
            return
        }
        try require(fields["content-type"] != nil, "no Content-Type")
        let date = fields.removeValue(forKey: "date")
        try require(date?.hasSuffix(" GMT") == true && date?.utf8.count == 29, "bad Date")
        guard let text = fields["content-length"], let length = Int(text), String(length) == text, length >= 0
        else { throw BrokenPromise(description: "no Content-Length: \(fields)") }
        let body = isHEAD ? [] : rest.prefix(length)
        try require(isHEAD || body.count == length, "the body is shorter than Content-Length")
        rest = rest.dropFirst(body.count)
        answers.append(HTTPResponseRead(status: status, fields: fields, body: Array(body)))
    }

    /// The next line, without its end; only printable ASCII is ever sent in a head.
    private mutating func line() throws -> String {
        guard let end = rest.firstIndex(of: 0x0D), rest.dropFirst(end + 1 - rest.startIndex).first == 0x0A
        else { throw BrokenPromise(description: "a line without end") }
        let line = rest[..<end]
        try require(line.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a head that is not printable ASCII")
        rest = rest[(end + 2)...]
        return String(decoding: line, as: UTF8.self)
    }
}
