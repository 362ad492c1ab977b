/// Requests as the tests send them.
public enum Request {
    /// A recorded review of a Pod that needs max-fd.
    public static let reviewBody: [UInt8] = (try? Fixtures.review("openedx-lms.pod")) ?? []

    /// A request as the API server makes it.
    public static func review(
        path: String = "/mutate?timeout=10s", body: [UInt8] = reviewBody, extra: String = ""
    ) -> [UInt8] {
        Array(
            """
            POST \(path) HTTP/1.1\r
            Host: webhook.default.svc:443\r
            User-Agent: kube-apiserver-admission\r
            Content-Length: \(body.count)\r
            Accept: application/json, */*\r
            Content-Type: application/json\r
            Accept-Encoding: gzip\r
            \(extra)\r

            """.utf8) + body
    }

    /// Any request.
    public static func make(
        _ line: String, _ headers: [String] = ["Host: x"], body: String = ""
    ) -> [UInt8] {
        Array("\(line)\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n\(body)".utf8)
    }

    /// A body in chunks of `size` bytes, the last one empty.
    public static func chunks(of body: [UInt8], size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
