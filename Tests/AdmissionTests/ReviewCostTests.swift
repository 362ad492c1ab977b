import Foundation
import JSON
import TestSupport
import Testing
import UWSGI

@testable import Admission

/// What one review may cost: it is refused before values are made of it, and what is answered and logged is bounded.
@Suite
struct ReviewCostTests {
    private static func review(
        containers: String, oldContainers: String = "", metadata: String = "", kind: String = "Pod",
        operation: String = "CREATE", subresource: String = ""
    ) -> [UInt8] {
        Array(
            """
            {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",\
            "kind":{"group":"","version":"v1","kind":"\(kind)"},"operation":"\(operation)",\
            "subResource":"\(subresource)",\
            "oldObject":{"spec":{"ephemeralContainers":[\(oldContainers)]}},\
            "object":{"metadata":{\(metadata)},"spec":{"containers":[\(containers)]}}}}
            """.utf8)
    }

    private static func list(_ element: String, _ count: Int) -> String {
        Array(repeating: element, count: count).joined(separator: ",")
    }

    private func result(
        _ body: [UInt8], _ policy: Policy = .mutate, isPastDeadline: (@Sendable () -> Bool)? = nil
    ) -> Result<ReviewResult, AdmissionError> {
        body.withUnsafeBytes { bytes in
            do throws(AdmissionError) {
                return .success(
                    try AdmissionReviewer(settings: AdmissionSettings()).review(
                        bytes, policy: policy, isPastDeadline: isPastDeadline))
            } catch {
                return .failure(error)
            }
        }
    }

    private func error(_ body: [UInt8], _ policy: Policy = .mutate) -> AdmissionError? {
        guard case .failure(let error) = result(body, policy) else { return nil }
        return error
    }

    /// What there may be of each, and what one more is called.
    private static let limits: [(name: String, most: Int, body: @Sendable (Int) -> [UInt8])] = [
        ("containers", ReviewLimits.mostContainers, { review(containers: list("{}", $0)) }),
        (
            "containers", ReviewLimits.mostContainers,
            {
                review(
                    containers: list("{}", 1), oldContainers: list("{}", $0 - 1), operation: "UPDATE",
                    subresource: "ephemeralcontainers")
            }
        ),
        (
            "words of commands", ReviewLimits.mostWords,
            { review(containers: "{\"command\":[\(list("\"a\"", $0 - 1))],\"args\":[\"a\"]}") }
        ),
        ("variables", ReviewLimits.mostVariables, { review(containers: "{\"env\":[\(list("{}", $0))]}") }),
        (
            "sources of variables", ReviewLimits.mostSources,
            { review(containers: "{\"envFrom\":[\(list("{}", $0))]}") }
        ),
        ("mounts", ReviewLimits.mostMounts, { review(containers: "{\"volumeMounts\":[\(list("{}", $0))]}") }),
        (
            "owner references", ReviewLimits.mostOwners,
            { review(containers: "{}", metadata: "\"ownerReferences\":[\(list("{}", $0))]") }
        ),
    ]

    @Test(arguments: limits.indices)
    func `More than is examined is refused`(_ index: Int) {
        let limit = Self.limits[index]
        #expect(error(limit.body(limit.most)) == nil)
        let error = error(limit.body(limit.most + 1))
        #expect(error?.kind == .tooLarge)
        #expect(error?.description.contains("\(limit.most) \(limit.name)") == true)
    }

    /// The shortest body that can be over a limit is searched.
    @Test func `No body is too short to be searched`() {
        let smallest =
            [
                ReviewLimits.mostContainers, ReviewLimits.mostWords, ReviewLimits.mostVariables,
                ReviewLimits.mostSources,
                ReviewLimits.mostMounts, ReviewLimits.mostOwners,
            ].min() ?? 0
        // `{}` and a comma.
        #expect(ReviewLimits.smallestChecked <= 3 * smallest)
    }

    @Test func `A million values are refused before they are parsed`() {
        for element in ["1", "{}", "[]", "\"\"", "{\"a\":1}"] {
            let count = ReviewLimits.mostValues
            let body = Self.review(containers: "{}", metadata: "\"x\":[\(Self.list(element, count))]")
            #expect(error(body)?.kind == .tooLarge, "\(element)")
        }
        let values = "[" + Self.list("1", ReviewLimits.mostValues - 100) + "]"
        #expect(error(Self.review(containers: "{}", metadata: "\"x\":\(values)")) == nil)
        // Commas in a text are no values.
        let text = String(repeating: ",[{:\\\"", count: 300_000)
        #expect(error(Self.review(containers: "{}", metadata: "\"x\":\"\(text)\"")) == nil)
    }

    @Test func `More servers than is answered for are refused`() {
        func body(_ count: Int) -> [UInt8] {
            Self.review(containers: Self.list("{\"name\":\"a\",\"command\":[\"uwsgi\"]}", count))
        }
        #expect(error(body(ReviewLimits.mostServers)) == nil)
        #expect(error(body(ReviewLimits.mostServers + 1))?.kind == .tooLarge)
    }

    @Test func `A review out of time is not an admission`() {
        let script = String(repeating: "a;", count: 20_000)
        let body = Self.review(containers: "{\"name\":\"a\",\"command\":[\"sh\",\"-c\",\"\(script)\"]}")
        #expect(error(body) == nil)
        guard case .failure(let error) = result(body, isPastDeadline: { true }) else {
            Issue.record("it is answered")
            return
        }
        #expect(error.kind == .overdue)
        // What takes no time is answered: nobody asks what time it is.
        if case .failure = result(Self.review(containers: "{}"), isPastDeadline: { true }) {
            Issue.record("it is not answered")
        }
    }

    // MARK: What is answered

    /// As many containers as may be, each with names, images and evidence of the greatest length.
    private static let broadest: [UInt8] = {
        let long = String(repeating: "\\u202e", count: 200)
        let mount = "{\"mountPath\":\"/etc/uwsgi/\(long).ini\"}"
        return review(
            containers: (0..<ReviewLimits.mostServers).map { number in
                "{\"name\":\"\(number)\(long)\",\"image\":\"\(long)\",\"command\":[\"/x/\(long)\"],"
                    + "\"volumeMounts\":[\(mount)]}"
            }.joined(separator: ","))
    }()

    @Test(arguments: Policy.allCases)
    func `The line of the log is bounded`(_ policy: Policy) throws {
        let outcome = try result(Self.broadest, policy).get()
        var line: [UInt8] = []
        outcome.record.write(time: "2026-01-02T03:04:05.678Z", durationMicros: 1, to: &line)
        #expect(line.count <= 64 << 10)
        let record = try JSONTree(line)
        let shown = record["containers"]?.array?.count ?? 0
        let leftOut = record["leftOut"]?["containers"]?.number ?? 0
        #expect(shown > 0 && leftOut > 0)
        #expect(shown + Int(leftOut) == ReviewLimits.mostServers)
        if policy == .mutate {
            let changes = record["patch"]?.array?.count ?? 0
            #expect(changes + Int(record["leftOut"]?["patch"]?.number ?? 0) == ReviewLimits.mostServers)
        }
    }

    @Test(arguments: Policy.allCases)
    func `The answer is bounded`(_ policy: Policy) throws {
        let outcome = try result(Self.broadest, policy).get()
        #expect(outcome.answer.count <= 512 << 10)
        let response = try JSONTree(outcome.answer)["response"]
        if policy == .strict {
            let message = try #require(response?["status"]?["message"]?.string)
            #expect(message.utf8.count <= 32 << 10)
            #expect(message.contains("the same goes for"))
            #expect(message.hasSuffix(" more"))
        }
    }

    @Test func `A short denial names all containers`() throws {
        let containers = (0..<200).map { "{\"name\":\"c\($0)\",\"command\":[\"uwsgi\"]}" }.joined(
            separator: ",")
        let outcome = try result(Self.review(containers: containers), .strict).get()
        let message = try #require(JSONTree(outcome.answer)["response"]?["status"]?["message"]?.string)
        for number in 0..<200 { #expect(message.contains("\"c\(number)\"")) }
    }
}
