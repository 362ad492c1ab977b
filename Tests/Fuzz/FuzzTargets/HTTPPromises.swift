import NIOHTTP1
import TestSupport

@testable import WebhookServer

/// What has to hold of one connection, whatever was sent:
///
/// - all that came back is answers that RFC 9112 allows, none of them behind one that says `Connection: close`;
/// - the parser's requests are answered in order, each at most once; every complete one is, unless the connection
///   was to end before; and there is at most one answer more, which refuses what is not a request, and is the last;
/// - a review is answered 200 only if it is complete, a POST to a policy's path, of one media type that is JSON,
///   with one Host (in HTTP/1.0: at most one) and one framing that its body fits, no larger than the limit, and
///   is an AdmissionReview by another JSON parser; the answer is one too, with its uid;
/// - the admin port answers 200 only to GET and HEAD of its paths;
/// - errors are JSON with an `error`, but for `/readyz`.
struct HTTPPromises {
    private let conversation: HTTPConversation
    private let isAdmin: Bool
    private let requests: [RequestTap.Request]

    init(_ conversation: HTTPConversation, isAdmin: Bool) {
        self.conversation = conversation
        self.isAdmin = isAdmin
        requests = conversation.requests.seen
    }

    /// - Returns: the answers.
    func check() throws -> [HTTPResponseRead] {
        var reader = HTTPResponseReader(conversation.output)
        try reader.readAll { number in
            number < requests.count && requests[number].head.method == .HEAD
        }
        let answers = reader.answers
        try require(reader.continues <= requests.count, "more 100 than requests")
        try require(answers.dropLast().allSatisfy { !$0.closes }, "an answer after the last")
        let complete = requests.prefix(while: \.isComplete).count
        try require(
            answers.count >= complete || answers.last?.closes == true,
            "\(complete) requests, \(answers.count) answers")
        try require(answers.count <= requests.count + 1, "more answers than requests")
        for (number, answer) in answers.enumerated() {
            if number < requests.count {
                try check(answer, to: requests[number])
            } else {
                try require(
                    [400, 408, 431].contains(answer.status) && answer.closes,
                    "an answer to nothing: \(answer)")
                try checkError(answer)
            }
        }
        return answers
    }

    private func check(_ answer: HTTPResponseRead, to request: RequestTap.Request) throws {
        try require(HTTPStatus(rawValue: answer.status) != nil, "status \(answer.status)")
        try require(
            (answer.status == 405) == (answer.fields["allow"] != nil), "405 and Allow belong together")
        guard request.isComplete || answer.status != 200 else {
            throw BrokenPromise(description: "200 to a request that is not complete")
        }
        if answer.status == 200 {
            try checkFraming(request)
            try isAdmin ? checkAdmin(answer, to: request) : checkReview(answer, to: request)
        } else if request.head.method != .HEAD {
            try checkError(answer)
        }
    }

    private func checkError(_ answer: HTTPResponseRead) throws {
        if isAdmin, answer.status == 503 {
            return try require(
                answer.body == Array("not ready: shutting down\n".utf8), "another reason: \(answer)")
        }
        let error = try? JSONTree(answer.body)["error"]?.string
        try require(answer.status >= 400 && error?.isEmpty == false, "no JSON error: \(answer)")
    }

    /// Where the request ends must not be open to two readings.
    private func checkFraming(_ request: RequestTap.Request) throws {
        let fields = request.head.headers
        let hosts = fields["host"].count
        let isOld = request.head.version == .http1_0
        try require(hosts == 1 || (isOld && hosts == 0), "200 with \(hosts) Host")
        try require(request.body.count <= conversation.limits.maxBodyBytes, "200 to a body over the limit")
        let lengths = values(of: "content-length", in: request)
        let encodings = values(of: "transfer-encoding", in: request)
        if encodings.isEmpty {
            try require(lengths.count <= 1, "200 with lengths \(lengths)")
            try require(
                lengths.first.map { Int($0) == request.body.count } ?? request.body.isEmpty,
                "200 with length \(lengths) and a body of \(request.body.count)")
        } else {
            try require(
                encodings == ["chunked"] && lengths.isEmpty && !isOld,
                "200 with \(encodings) and \(lengths)")
        }
    }

    private func checkAdmin(_ answer: HTTPResponseRead, to request: RequestTap.Request) throws {
        let path = request.head.uri.split(separator: "?", omittingEmptySubsequences: false).first
        try require(["/livez", "/readyz", "/metrics"].contains(path), "200 to \(request.head.uri)")
        try require([.GET, .HEAD].contains(request.head.method), "200 to \(request.head.method)")
        let expected = path == "/metrics" ? "metrics 1\n" : "ok\n"
        try require(
            request.head.method == .HEAD || answer.body == Array(expected.utf8), "another body: \(answer)")
    }

    private func checkReview(_ answer: HTTPResponseRead, to request: RequestTap.Request) throws {
        let path = request.head.uri.split(separator: "?", omittingEmptySubsequences: false).first
        try require(["/mutate", "/strict", "/audit"].contains(path), "200 to \(request.head.uri)")
        try require(request.head.method == .POST, "200 to \(request.head.method)")
        let types = request.head.headers["content-type"]
        let media = types.first?.split(separator: ";", omittingEmptySubsequences: false).first?.lowercased()
        try require(
            types.count == 1 && media?.filter { $0 != " " && $0 != "\t" } == "application/json",
            "200 to content of type \(types)")
        guard let review = try? JSONTree(request.body) else {
            throw BrokenPromise(description: "200 to a body that is not JSON")
        }
        try require(
            review["kind"] == .string("AdmissionReview"), "200 to \(review["kind"]?.text ?? "nothing")")
        let uid = review["request"]?["uid"]?.string
        let back = try? JSONTree(answer.body)
        try require(
            back?["kind"] == .string("AdmissionReview") && uid?.isEmpty == false
                && back?["response"]?["uid"]?.string == uid, "an answer to another review: \(answer)")
    }

    /// The values of a field without the blanks around them, which do not belong to it.
    private func values(of name: String, in request: RequestTap.Request) -> [String] {
        request.head.headers[name].map { value in
            var value = value.lowercased()[...]
            while value.first == " " || value.first == "\t" { value.removeFirst() }
            while value.last == " " || value.last == "\t" { value.removeLast() }
            return String(value)
        }
    }
}
