import Basics
import Foundation
import TestSupport
import Testing
import UWSGI

@testable import Admission

/// Every recorded review, held against an answer that was read and approved by a person.
///
/// `RENEW_EXPECTED=1 swift test --filter RecordedReviewTests` writes the expected answers again; read the
/// difference before you commit it.
@Suite
struct RecordedReviewTests {
    @Test(arguments: Fixtures.reviewNames)
    func `The answer is the expected one, under every policy`(name: String) throws {
        let body = try Fixtures.review(name)
        var answers: [String: JSONTree] = [:]
        for policy in Policy.allCases {
            let outcome = try AdmissionReviewerTests.outcome(body, policy: policy)
            answers[policy.rawValue] = try summary(of: outcome, review: body)
        }
        let path = "expected/\(name).json"
        if ProcessInfo.processInfo.environment["RENEW_EXPECTED"] != nil {
            let text = try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(JSONTree.object(answers).encoded)),
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            try Fixtures.write(Array(text) + [UInt8(ascii: "\n")], to: path)
        }
        #expect(try JSONTree(Fixtures.file(path)) == .object(answers))
    }

    @Test(arguments: Fixtures.reviewNames)
    func `The audit log's names are the public ones`(name: String) throws {
        let body = try Fixtures.review(name)
        for policy in Policy.allCases {
            let outcome = try AdmissionReviewerTests.outcome(body, policy: policy)
            var line: [UInt8] = []
            outcome.record.write(time: "2026-01-02T03:04:05.678Z", durationMicros: 1, to: &line)
            let record = try JSONTree(line)
            #expect(Set(record.object?.keys.map { $0 } ?? []).subtracting(PublicNames.auditFields) == [])
            for container in record["containers"]?.array ?? [] {
                let fields = Set(container.object?.keys.map { $0 } ?? [])
                #expect(fields.subtracting(PublicNames.auditContainerFields) == [])
            }
            let annotations = try JSONTree(outcome.answer)["response"]?["auditAnnotations"]?.object ?? [:]
            #expect(Set(annotations.keys).subtracting(PublicNames.auditAnnotations) == [])
        }
    }

    /// What of an answer a person has to approve: all of it but the uid and the encoding of the patch.
    private func summary(of outcome: ReviewResult, review: [UInt8]) throws -> JSONTree {
        let answer = try JSONTree(outcome.answer)
        let request = try #require(try JSONTree(review)["request"])
        var response = try #require(answer["response"])
        #expect(response["uid"] == request["uid"])
        #expect((response["patch"] == nil) == (response["patchType"] == nil))
        response["uid"] = nil
        response["patchType"] = nil
        response["patch"] = try PatchChecks.decodedPatch(answer)
        response["decision"] = .string(outcome.record.decision.rawValue)
        response["reason"] = .string(outcome.record.verdict.reason)
        return response
    }

    @Test(arguments: Fixtures.reviewNames)
    func `A patch applies to its own Pod, changes nothing but the variable, and leaves nothing to do`(
        name: String
    ) throws {
        try PatchChecks.check(try JSONTree(Fixtures.review(name)))
    }
}

/// Checks of a patch by an implementation of JSON Patch that shares nothing with the product.
enum PatchChecks {
    /// The patch of an answer, out of its base 64.
    static func decodedPatch(_ answer: JSONTree) throws -> JSONTree? {
        guard let text = answer["response"]?["patch"]?.string else { return nil }
        return try JSONTree(Array(try #require(Data(base64Encoded: text))))
    }

    /// - Returns: the object after the patch, or as it was when there is none.
    @discardableResult
    static func check(_ review: JSONTree, settings: AdmissionSettings = AdmissionSettings()) throws
        -> JSONTree
    {
        let object = try #require(review["request"]?["object"])
        let first = try AdmissionReviewerTests.outcome(review.encoded, policy: .mutate, settings: settings)
        guard let patch = try decodedPatch(JSONTree(first.answer)) else { return object }
        let patched = try JSONPatch.apply(patch, to: object)
        #expect(patched != object)
        for change in differences(object, patched) {
            #expect(
                isAllowed(change),
                "\(change.path): \(change.before?.text ?? "-") → \(change.after?.text ?? "-")")
        }
        var again = review
        again["request"]?["object"] = patched
        let second = try AdmissionReviewerTests.outcome(again.encoded, policy: .mutate, settings: settings)
        #expect(try decodedPatch(JSONTree(second.answer)) == nil, "a second round patches again")
        #expect(second.record.states.allSatisfy { ![.unset, .ineffective, .harmful].contains($0) })
        let strict = try AdmissionReviewerTests.outcome(again.encoded, policy: .strict, settings: settings)
        let stillBad = first.record.states.contains { $0 == .incurable || $0 == .excessive }
        #expect((strict.record.decision == .denied) == stillBad)
        // The API server refuses a second, different value of an audit annotation.
        let (before, after) = (try annotations(first), try annotations(second))
        for (key, value) in after { #expect(before[key] == nil || before[key] == value, "\(key)") }
        return patched
    }

    private static func annotations(_ outcome: ReviewResult) throws -> [String: JSONTree] {
        try JSONTree(outcome.answer)["response"]?["auditAnnotations"]?.object ?? [:]
    }

    struct Change {
        let path: String
        let before: JSONTree?
        let after: JSONTree?
    }

    private static func differences(_ before: JSONTree, _ after: JSONTree, at path: String = "") -> [Change] {
        switch (before, after) {
        case (.object(let old), .object(let new)):
            Set(old.keys).union(new.keys).flatMap { key in
                guard let oldValue = old[key], let newValue = new[key] else {
                    return [Change(path: "\(path)/\(key)", before: old[key], after: new[key])]
                }
                return differences(oldValue, newValue, at: "\(path)/\(key)")
            }
        case (.array(let old), .array(let new)):
            (0..<max(old.count, new.count)).flatMap { index in
                guard index < old.count, index < new.count else {
                    return [
                        Change(
                            path: "\(path)/\(index)", before: index < old.count ? old[index] : nil,
                            after: index < new.count ? new[index] : nil)
                    ]
                }
                return differences(old[index], new[index], at: "\(path)/\(index)")
            }
        default:
            before == after ? [] : [Change(path: path, before: before, after: after)]
        }
    }

    /// Whether a change only adds the variable, adds a list of nothing but it, or sets a variable's value.
    private static func isAllowed(_ change: Change) -> Bool {
        let steps = change.path.split(separator: "/").map(String.init)
        guard steps.count >= 4, ["containers", "initContainers", "ephemeralContainers"].contains(steps[1]),
            steps[3] == "env"
        else { return false }
        switch (steps.count, change.before, change.after) {
        case (4, nil, .array(let variables)?): return variables.count == 1 && isVariable(variables[0])
        case (5, nil, let variable?): return isVariable(variable)
        case (6, _, .string(let value)?): return steps[5] == "value" && value.hasSuffix(digits(of: value))
        default: return false
        }
    }

    private static func isVariable(_ tree: JSONTree) -> Bool {
        guard let value = tree["value"]?.string, tree.object?.count == 2 else { return false }
        return tree["name"]?.string == "UWSGI_MAX_FD" && !value.isEmpty && value == digits(of: value)
    }

    private static func digits(of text: String) -> String {
        String(text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    }
}

/// The containers of the corpus, each in a Pod of its own.
@Suite
struct CorpusPatchTests {
    /// An AdmissionReview for a Pod with one container of the corpus.
    static func review(of entry: JSONTree) -> JSONTree {
        var container: [String: JSONTree] = ["name": .string("c"), "image": entry["image"] ?? .string("")]
        for key in ["command", "args", "env", "envFrom", "volumeMounts"] {
            if let value = entry[key], value != .null, value != .array([]) { container[key] = value }
        }
        return .object([
            "apiVersion": .string("admission.k8s.io/v1"), "kind": .string("AdmissionReview"),
            "request": .object([
                "uid": .string("u"), "operation": .string("CREATE"),
                "kind": .object(["group": .string(""), "version": .string("v1"), "kind": .string("Pod")]),
                "object": .object([
                    "metadata": .object(["name": .string("p")]),
                    "spec": .object(["containers": .array([.object(container)])]),
                ]),
            ]),
        ])
    }

    @Test
    func `Each patch applies, changes nothing but the variable, and leaves nothing to do`() throws {
        var patched = 0
        for entry in try Fixtures.corpus() {
            let review = Self.review(of: entry)
            let after = try PatchChecks.check(review)
            if after != review["request"]?["object"] { patched += 1 }
        }
        #expect(patched > 80)
    }
}

extension AuditRecord {
    /// The state of max-fd in each container that runs uWSGI.
    fileprivate var states: [MaxFD.State] { verdict.containers.map(\.finding.detection.maxFD.state) }
}
