import TestSupport
import Testing
import UWSGI

@testable import Admission

@Suite
struct AdmissionReviewerTests {
    static func review(
        _ text: String, policy: Policy = .mutate, settings: AdmissionSettings = AdmissionSettings()
    ) throws -> (answer: JSONTree, outcome: ReviewResult) {
        let outcome = try outcome(Array(text.utf8), policy: policy, settings: settings)
        return (try JSONTree(outcome.answer), outcome)
    }

    static func outcome(
        _ body: [UInt8], policy: Policy, settings: AdmissionSettings = AdmissionSettings()
    ) throws -> ReviewResult {
        let reviewer = AdmissionReviewer(settings: settings)
        return try body.withUnsafeBytes { try reviewer.review($0, policy: policy) }
    }

    /// A review of a Pod whose `spec` and `metadata` are given as JSON.
    static func podReview(
        spec: String, metadata: String = #"{"name":"p"}"#, operation: String = "CREATE",
        version: String = "admission.k8s.io/v1", more: String = ""
    ) -> String {
        """
        {"apiVersion":"\(version)","kind":"AdmissionReview","request":{"uid":"u-1",\
        "kind":{"group":"","version":"v1","kind":"Pod"},"operation":"\(operation)","namespace":"shop",\
        "userInfo":{"username":"jane"}\(more),"object":{"metadata":\(metadata),"spec":\(spec)}}}
        """
    }

    @Test
    func `The Pod that warms detection up is reviewed like any other, and goes through all of it`() throws {
        let outcome = try Self.outcome(AdmissionReviewer.example, policy: .strict)
        #expect(outcome.record.decision == .denied)
        #expect(outcome.record.verdict.containers.map(\.finding.container.name) == ["shell", "variables"])
    }

    @Test(arguments: [
        ("", "not valid JSON"), ("{", "not valid JSON"), ("[]", "not an AdmissionReview"),
        ("{}", "not an AdmissionReview"),
        (#"{"kind":"Pod"}"#, "not an AdmissionReview"), (#"{"kind":7}"#, "not an AdmissionReview"),
        (#"{"kind":"AdmissionReview"}"#, "apiVersion"),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v2"}"#, "apiVersion"),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, "AdmissionReview.request"),
        (
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":[]}"#,
            "AdmissionReview.request"
        ),
        (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}}"#, "request.uid"),
        (
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":1}}"#,
            "request.uid"
        ),
        (
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u"}}"#,
            "request.kind"
        ),
        (
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"kind":"Pod"}}}"#,
            "request.operation"
        ),
        (
            #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"kind":"Pod"},"operation":"CREATE"}}"#,
            "request.object"
        ),
        (podReview(spec: "[]"), "spec must be"), (podReview(spec: #""x""#), "spec must be"),
        (podReview(spec: #"{"containers":{}}"#), "spec.containers must be a list"),
        (podReview(spec: #"{"containers":["x"]}"#), "spec.containers[0] must be an object"),
        (podReview(spec: #"{"containers":[{"name":1}]}"#), "spec.containers[0].name"),
        (podReview(spec: #"{"containers":[{},{"command":"uwsgi"}]}"#), "spec.containers[1].command"),
        (podReview(spec: #"{"containers":[{"args":[1]}]}"#), "spec.containers[0].args[0]"),
        (podReview(spec: #"{"containers":[{"env":{}}]}"#), "spec.containers[0].env"),
        (
            podReview(spec: #"{"containers":[{"env":[{"name":"A","value":1}]}]}"#),
            "spec.containers[0].env[0].value"
        ),
        (podReview(spec: #"{"initContainers":[{"envFrom":[1]}]}"#), "spec.initContainers[0].envFrom[0]"),
        (podReview(spec: "{}", metadata: "1"), "metadata must be an object"),
        (
            podReview(spec: "{}", metadata: #"{"annotations":{"uwsgi-max-fd/value":1}}"#),
            "metadata.annotations.uwsgi-max-fd/value"
        ),
        (podReview(spec: "{}", more: #","dryRun":"yes""#), "request.dryRun"),
    ])
    func `What is not an AdmissionReview is malformed, and the error says where`(text: String, place: String)
    {
        let error = #expect(throws: AdmissionError.self) { try Self.review(text) }
        #expect(error?.kind == .malformed)
        #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
    }

    @Test
    func `A Pod without anything is allowed, in the version of the question`() throws {
        for version in ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"] {
            for spec in ["{}", #"{"containers":null}"#, #"{"containers":[]}"#, #"{"containers":[{}]}"#] {
                let (answer, outcome) = try Self.review(Self.podReview(spec: spec, version: version))
                #expect(answer["apiVersion"]?.string == version)
                #expect(answer["kind"]?.string == "AdmissionReview")
                #expect(answer["response"]?["uid"]?.string == "u-1")
                #expect(answer["response"]?["allowed"]?.bool == true)
                #expect(answer["response"]?["patch"] == nil)
                #expect(answer["response"]?["patchType"] == nil)
                #expect(outcome.record.decision == .allowed)
            }
        }
    }

    @Test(arguments: Policy.allCases)
    func `Operations and kinds that are not looked at are skipped, whatever their object`(policy: Policy)
        throws
    {
        let uwsgi = #"{"containers":[{"name":"web","command":["uwsgi","--http",":80"]}]}"#
        let texts = [
            Self.podReview(spec: uwsgi, operation: "UPDATE"),
            Self.podReview(spec: uwsgi, operation: "CONNECT"),
            Self.podReview(spec: uwsgi, more: #","subResource":"binding""#),
            Self.podReview(spec: uwsgi, operation: "UPDATE", more: #","subResource":"resize""#),
            Self.podReview(spec: uwsgi, metadata: #"{"annotations":{"kubernetes.io/config.mirror":"x"}}"#),
            Self.podReview(spec: uwsgi).replacing(#""kind":"Pod""#, with: #""kind":"Namespace""#),
            Self.podReview(spec: uwsgi).replacing(#""group":"""#, with: #""group":"example.com""#),
            Self.podReview(spec: uwsgi, operation: "DELETE").replacing(#""object""#, with: #""oldObject""#),
        ]
        for text in texts {
            let (answer, outcome) = try Self.review(text, policy: policy)
            #expect(outcome.record.decision == .skipped)
            #expect(answer["response"]?["allowed"]?.bool == true)
            #expect(answer["response"]?["patch"] == nil)
            #expect(answer["response"]?["warnings"] == nil)
        }
    }

    @Test
    func
        `Any prefix of a recorded review, and any one byte changed in it, ends in an answer or a clear error`()
        throws
    {
        let body = try Fixtures.review("hostile-strings.pod")
        let reviewer = AdmissionReviewer(settings: AdmissionSettings())
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for count in 0..<body.count {
            var changed = body
            changed[count] = UInt8.random(in: 0...255, using: &generator)
            for bytes in [Array(body[..<count]), changed] {
                do throws(AdmissionError) {
                    let result: Result<ReviewResult, AdmissionError> = bytes.withUnsafeBytes { buffer in
                        do throws(AdmissionError) {
                            return .success(try reviewer.review(buffer, policy: .mutate))
                        } catch {
                            return .failure(error)
                        }
                    }
                    _ = try treeOrFailure(result.get().answer)
                } catch {
                    #expect(error.kind == .malformed)
                    refused += 1
                }
            }
        }
        #expect(refused >= body.count)
    }

    /// An answer that is not JSON is recorded as an issue.
    private func treeOrFailure(_ answer: [UInt8]) -> JSONTree? {
        do {
            return try JSONTree(answer)
        } catch {
            Issue.record("an answer that is not JSON: \(String(decoding: answer, as: UTF8.self))")
            return nil
        }
    }
}
