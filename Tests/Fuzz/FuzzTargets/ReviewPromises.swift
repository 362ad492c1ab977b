import Admission
import Foundation
import TestSupport
import UWSGI

/// What has to hold of an answered review, whatever was asked:
///
/// - another JSON parser reads the request, the answer and the audit line, which is one line and reports the same
///   patch;
/// - the answer is for the request, by its uid and version;
/// - only policy strict denies, and then changes nothing; only mutate patches;
/// - a patch applies to the request's object and changes nothing but `env` of containers; the patched object gets
///   no patch again.
struct ReviewPromises {
    let input: [UInt8]
    let policy: Policy
    let outcome: ReviewResult
    let reviewer: AdmissionReviewer

    func check() throws {
        guard let request = try? JSONTree(input) else {
            throw BrokenPromise(description: "answered what is not JSON")
        }
        guard let answer = try? JSONTree(outcome.answer), let response = answer["response"] else {
            throw BrokenPromise(
                description: "no JSON answer: \(String(decoding: outcome.answer, as: UTF8.self))")
        }
        let line = try requireOneLine(outcome.record)
        try require(
            answer["kind"] == .string("AdmissionReview") && answer["apiVersion"] == request["apiVersion"],
            "not the version that was asked in")
        let uid = request["request"]?["uid"]?.string
        try require(
            uid?.isEmpty == false
                && response["uid"]?.string.map { Array($0.utf8) } == uid.map { Array($0.utf8) },
            "another uid: \(response.text)")
        try checkDecision(response)
        guard let encoded = response["patch"] else {
            return try require(line["patch"] == nil, "the log reports a patch that there is not")
        }
        guard let patch = encoded.string.flatMap({ Data(base64Encoded: $0) }).flatMap({ try? JSONTree($0) })
        else {
            throw BrokenPromise(description: "no patch: \(encoded.text)")
        }
        try require(line["patch"] == patch, "the log reports another patch: \(line.text)")
        try checkPatch(patch, of: request)
    }

    private func checkDecision(_ response: JSONTree) throws {
        let isAllowed = response["allowed"]?.bool
        let decision = outcome.record.decision
        try require(isAllowed != nil, "neither allowed nor denied")
        try require((isAllowed == false) == (decision == .denied), "\(decision) is told as another")
        try require((response["patch"] != nil) == (decision == .patched), "\(decision), but for the patch")
        try require(decision != .denied || policy == .strict, "\(policy) denies")
        try require(decision != .patched || policy == .mutate, "\(policy) patches")
        try require(
            isAllowed == true || response["status"]?["code"] == .number(403), "a denial without its code")
        try require(
            response["patchType"]?.string == (decision == .patched ? "JSONPatch" : nil), "another patchType")
    }

    private func checkPatch(_ patch: JSONTree, of request: JSONTree) throws {
        guard let object = request["request"]?["object"] else {
            throw BrokenPromise(description: "a patch of nothing")
        }
        let patched: JSONTree
        do {
            patched = try JSONPatch.apply(patch, to: object)
        } catch {
            throw BrokenPromise(description: "the patch does not apply: \(patch.text): \(error)")
        }
        try require(patched != object, "a patch that changes nothing")
        try require(
            Self.withoutEnvironments(patched) == Self.withoutEnvironments(object),
            "a patch of something else: \(patch.text)")
        var again = request
        var inner = request["request"]
        inner?["object"] = patched
        again["request"] = inner
        switch review(again.encoded, reviewer, policy) {
        case .success(let outcome):
            try require(outcome.record.verdict.patch.isEmpty, "patched twice: \(again.text)")
        case .failure(let error):
            throw BrokenPromise(description: "the patched object is refused: \(error)")
        }
    }

    /// A Pod whose containers have no `env`.
    private static func withoutEnvironments(_ pod: JSONTree) -> JSONTree {
        var pod = pod
        var specification = pod["spec"]
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            guard let containers = specification?[list]?.array else { continue }
            specification?[list] = .array(
                containers.map { container in
                    var container = container
                    container["env"] = nil
                    return container
                })
        }
        pod["spec"] = specification
        return pod
    }
}
