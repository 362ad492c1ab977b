import JSON
import UWSGI

/// Answers admission reviews: bytes in, bytes and an audit record out. No I/O, no clock.
///
/// It owns a JSON parser and its memory, so each event loop has one of its own.
public final class AdmissionReviewer {
    public let settings: AdmissionSettings
    private let parser = JSONParser()

    public init(settings: AdmissionSettings) {
        self.settings = settings
    }

    /// Answers one review.
    /// - Parameters:
    ///   - body: the request's body; it is only read during the call.
    ///   - policy: the policy of the path that was called.
    /// - Throws: ``AdmissionError`` when there is no answer to give.
    public func review(
        _ body: UnsafeRawBufferPointer, policy: Policy
    ) throws(AdmissionError) -> AdmissionOutcome {
        let document: JSONValue
        do {
            document = try parser.parse(body)
        } catch {
            throw AdmissionError(.malformed, "the body is no JSON: \(error)")
        }
        let request = try AdmissionRequest(document: document)
        let examination = try Examination(of: request)
        var metadata = PodMetadata()
        var maxFD = settings.maxFD
        let verdict: Verdict
        switch examination {
        case .skip(let reason):
            verdict = .skipped(reason)
        case .examine(let subject):
            metadata = subject.metadata
            let annotations = subject.annotations(ceiling: settings.detector.ceiling)
            maxFD = annotations.value ?? maxFD
            verdict = PolicyDecision(
                policy: policy, subject: subject.kind, maxFD: maxFD, ceiling: settings.detector.ceiling
            ).verdict(
                on: subject.findings(settings.detector, annotations), notes: annotations.warnings)
        }
        let answer = AdmissionAnswer(request: request, policy: policy, verdict: verdict, maxFD: maxFD)
        return AdmissionOutcome(
            answer: answer.encoded(),
            record: AuditRecord(request, metadata: metadata, policy: policy, verdict: verdict))
    }
}

/// The answer to one review, and what is to be recorded about it.
public struct AdmissionOutcome: Sendable {
    /// The AdmissionReview to send back, as JSON.
    public let answer: [UInt8]
    /// The line for the audit log, still without time and duration.
    public let record: AuditRecord
}
