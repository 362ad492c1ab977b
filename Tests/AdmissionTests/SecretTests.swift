import TestSupport
import Testing

@testable import Admission

/// A password that somebody put into max-fd by mistake is in no answer and in no record.
@Suite struct SecretTests {
    @Test(arguments: Policy.allCases, [#"["uwsgi"]"#, #"["sh", "-c", "uwsgi --max-fd $PASSWORD"]"#])
    func `Is shown nowhere`(policy: Policy, command: String) throws {
        let (_, outcome) = try AdmissionReviewerTests.review(
            AdmissionReviewerTests.podReview(
                spec: """
                    {"containers": [{"name": "web", "command": \(command), "env": [\
                    {"name": "PASSWORD", "value": "hunter2"}, {"name": "UWSGI_MAX_FD", "value": "$(PASSWORD)"}]}]}
                    """), policy: policy)
        var record: [UInt8] = []
        outcome.record.write(time: "t", durationMicros: 1, to: &record)
        #expect(outcome.record.verdict.decision != .allowed)
        for bytes in [record, outcome.answer] {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"))
        }
    }
}
