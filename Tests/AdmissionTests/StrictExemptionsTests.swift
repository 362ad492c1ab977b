import TestSupport
import Testing
import UWSGI

@testable import Admission

/// What the annotation `uwsgi-max-fd/containers: "-name"` may exempt, and the trace that it leaves.
@Suite struct StrictExemptionsTests {
    /// Containers that run uWSGI without max-fd: for certain, most likely, and as the operator says.
    private static let containers: [Certainty: String] = [
        .certain: #"{"name": "web", "image": "x", "command": ["uwsgi"]}"#,
        .likely: #"{"name": "web", "image": "x", "command": ["/start-uwsgi.sh"]}"#,
        .declared: #"{"name": "web", "image": "shop/uwsgi"}"#,
    ]

    private static func review(
        _ certainty: Certainty, annotation: String = "-web", policy: Policy = .strict,
        _ exemptions: StrictExemptions = .likely, more: String = ""
    ) throws -> (answer: JSONTree, outcome: ReviewResult) {
        try AdmissionReviewerTests.review(
            AdmissionReviewerTests.podReview(
                spec: #"{"containers": [\#(containers[certainty] ?? "")\#(more)]}"#,
                metadata: #"{"name": "p", "annotations": {"uwsgi-max-fd/containers": "\#(annotation)"}}"#),
            policy: policy,
            settings: AdmissionSettings(
                detector: Detector(images: [ImagePattern("shop/*")]), strictExemptions: exemptions))
    }

    @Test(
        arguments: [
            (.none, .certain, false), (.none, .declared, false), (.none, .likely, false),
            (.likely, .certain, false), (.likely, .declared, false), (.likely, .likely, true),
            (.all, .certain, true), (.all, .declared, true), (.all, .likely, true),
        ] as [(StrictExemptions, Certainty, Bool)], ["-web", "-*", "-*,other"])
    func `What each setting exempts`(
        row: (exemptions: StrictExemptions, certainty: Certainty, isExempted: Bool), annotation: String
    )
        throws
    {
        let (answer, outcome) = try Self.review(row.certainty, annotation: annotation, row.exemptions)
        let verdict = outcome.record.verdict
        #expect(answer["response"]?["allowed"] == .bool(row.isExempted))
        #expect(verdict.exempted == (row.isExempted ? ["web"] : []))
        #expect(verdict.containers.count == (row.isExempted ? 0 : 1))
        let exemptions = verdict.warnings.filter { $0.contains("exempted by annotation") }
        #expect(exemptions.count == (row.isExempted ? 1 : 0))
        #expect(
            answer["response"]?["auditAnnotations"]?["exempted"]?.string == (row.isExempted ? "web" : nil))
        let refusesAnnotation = verdict.denial?.contains("does not exempt it") == true
        #expect(refusesAnnotation == !row.isExempted)
    }

    @Test
    func `An exemption is a warning, in the record, and the reason`() throws {
        let (answer, outcome) = try Self.review(.likely)
        #expect(outcome.record.decision == .warned)
        #expect(outcome.record.verdict.reason == "exempted by annotation: web")
        #expect(
            answer["response"]?["warnings"]?.array
                == [.string(#""web": exempted by annotation, though likely uWSGI"#)])
        var line: [UInt8] = []
        outcome.record.write(time: "2026-01-01T00:00:00.000Z", durationMicros: 1, to: &line)
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.contains(#""user":"jane","exempted":["web"],"warnings":["#))
    }

    @Test
    func `The fields of the record keep their order`() throws {
        let (_, outcome) = try Self.review(
            .likely, more: #", {"name": "good", "command": ["uwsgi", "--max-fd", "4096"]}"#)
        var line: [UInt8] = []
        outcome.record.write(time: "t", durationMicros: 1, to: &line)
        let text = String(decoding: line, as: UTF8.self)
        let fields = [#""containers":["#, #""exempted":["web"]"#, #""warnings":["#, #""durationMicros""#]
        let places = try fields.map { try #require(text.firstRange(of: $0)).lowerBound }
        #expect(places == places.sorted())
        #expect(outcome.record.verdict.reason == "exempted by annotation: web; max-fd set in good")
    }

    @Test(arguments: [Policy.mutate, .audit])
    func `Mutate and audit leave such a container alone, and say nothing`(policy: Policy) throws {
        for certainty in Certainty.allCases {
            let (answer, outcome) = try Self.review(certainty, policy: policy, .none)
            #expect(outcome.record.decision == .allowed)
            #expect(answer["response"]?["warnings"] == nil)
            #expect(answer["response"]?["patch"] == nil)
            #expect(outcome.record.verdict.exempted == [])
        }
    }

    @Test
    func `One with an effective max-fd needs no exemption, and one without uWSGI neither`() throws {
        for command in [#"["sh", "/start-uwsgi.sh"]"#, #"["sleep", "9"]"#] {
            let (_, outcome) = try AdmissionReviewerTests.review(
                AdmissionReviewerTests.podReview(
                    spec: """
                        {"containers": [{"name": "web", "command": \(command), \
                        "env": [{"name": "UWSGI_MAX_FD", "value": "4096"}]}]}
                        """,
                    metadata: #"{"name": "p", "annotations": {"uwsgi-max-fd/containers": "-web"}}"#),
                policy: .strict)
            #expect(outcome.record.decision == .allowed)
            #expect(outcome.record.verdict.exempted == [])
        }
    }

    @Test(arguments: StrictExemptions.allCases)
    func `A denial offers the annotation only where it helps`(exemptions: StrictExemptions) throws {
        let (_, outcome) = try Self.review(.likely, annotation: "other", exemptions)
        let offers = outcome.record.verdict.denial?.contains("annotate the Pod") == true
        #expect(offers == (exemptions != .none))
    }

    @Test
    func `The warning fits into what the API server passes on`() {
        let name = String(repeating: "n", count: 63)
        let found = PolicyEvaluatorTests.finding(.unset, certainty: .likely, name: name)
        let verdict = PolicyEvaluator(policy: .strict, subject: .workload, maxFD: 4096, ceiling: 4096)
            .verdict(
                on: [
                    ExaminedContainer(
                        container: found.container, detection: found.detection, declaration: .doesNotRunUWSGI)
                ], notes: [])
        #expect(verdict.exempted == [name])
        #expect(verdict.warnings.count == 1)
        #expect(verdict.warnings.allSatisfy { $0.utf8.count <= 120 && $0.hasSuffix("though likely uWSGI") })
    }
}
