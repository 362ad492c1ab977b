import Catalogue
import JSON
import UWSGI

/// Answers admission reviews: bytes in, bytes and an audit record out. No I/O, and no clock but a question whether the
/// time is over.
///
/// It owns a JSON parser and its memory, so each thread that reviews has one of its own. What one review may cost is
/// bounded by ``ReviewLimits`` before values are made of it, and by a `DetectionBudget` for all of its containers.
public final class AdmissionReviewer {
    public let settings: AdmissionSettings
    /// What a body should have behind it, in bytes, so that it need not be copied.
    public static var neededPadding: Int { JSONParser.neededPadding }

    private let parser: JSONParser

    /// - Parameter longestKept: how long a body may be, in bytes, for the memory that it was parsed into to be kept for
    ///   the next one.
    public init(settings: AdmissionSettings, longestKept: Int = 128 << 10) {
        self.settings = settings
        parser = JSONParser(maximumValues: ReviewLimits.mostValues, longestKept: longestKept)
    }

    /// Gives back the memory that is kept for the next review.
    public func releaseMemory() { parser.releaseMemory() }

    /// Answers one review.
    /// - Parameters:
    ///   - body: the request's body; it is only read during the call.
    ///   - padding: how many bytes behind the body may be read, whatever they hold: with some, it need not be copied.
    ///   - policy: the policy of the path that was called.
    ///   - isPastDeadline: whether the time for this review is over; asked now and then while it goes on. `nil` when it
    ///     may take as long as it takes.
    /// - Throws: ``AdmissionError`` when there is no answer to give.
    public func review(
        _ body: UnsafeRawBufferPointer, padding: Int = 0, policy: Policy,
        isPastDeadline: (@Sendable () -> Bool)? = nil
    ) throws(AdmissionError) -> ReviewResult {
        let request = try AdmissionRequest(document: try parse(body, padding: padding))
        if body.count >= ReviewLimits.smallestChecked { try ReviewLimits.check(request) }
        switch try ReviewScope(of: request) {
        case .skip(let reason):
            return outcome(
                request, metadata: PodMetadata(), policy, verdict: .skipped(reason), maxFD: settings.maxFD)
        case .examine(let object):
            let annotations = object.annotations(ceiling: settings.detector.ceiling)
            var budget = DetectionBudget(reviewBytes: body.count, isPastDeadline: isPastDeadline)
            var images = ImageLookups(settings.catalogue, registries: settings.registryImages)
            let findings = try findings(in: object, annotations, images: &images, budget: &budget)
            let verdict = verdict(on: findings, in: object, annotations, policy)
            return outcome(
                request, metadata: object.metadata, policy, verdict: verdict,
                maxFD: annotations.value ?? settings.maxFD, images)
        }
    }

    // The steps of a review, in their order; benchmarks measure each.

    package func parse(_ body: UnsafeRawBufferPointer, padding: Int = 0) throws(AdmissionError) -> JSONValue {
        do {
            return try parser.parse(body, padding: padding)
        } catch  where error.isTooLarge {
            throw AdmissionError(.tooLarge, "the body is too large to be examined: \(error)")
        } catch {
            throw AdmissionError(.malformed, "the body is not valid JSON: \(error)")
        }
    }

    package func findings(
        in object: PodTemplate, _ annotations: PodAnnotations, images: inout ImageLookups,
        budget: inout DetectionBudget
    ) throws(AdmissionError) -> [ExaminedContainer] {
        try object.findings(settings.detector, annotations, images: &images, budget: &budget)
    }

    package func verdict(
        on findings: [ExaminedContainer], in object: PodTemplate, _ annotations: PodAnnotations,
        _ policy: Policy
    ) -> Verdict {
        PolicyEvaluator(
            policy: policy, subject: object.kind, maxFD: annotations.value ?? settings.maxFD,
            ceiling: settings.detector.ceiling, strictExemptions: settings.strictExemptions,
            envFrom: settings.envFrom
        ).verdict(on: findings, notes: annotations.warnings)
    }

    package func outcome(
        _ request: AdmissionRequest, metadata: PodMetadata, _ policy: Policy, verdict: Verdict, maxFD: Int,
        _ images: ImageLookups? = nil
    ) -> ReviewResult {
        let answer = AdmissionResponse(request: request, policy: policy, verdict: verdict, maxFD: maxFD)
        return ReviewResult(
            answer: answer.encoded(),
            record: AuditRecord(request, metadata: metadata, policy: policy, verdict: verdict),
            imageLookups: images?.counts ?? [:], unreadImages: images?.unread ?? [],
            tagsOfRegistries: images?.tagsOfRegistries ?? [])
    }
}

/// The answer to one review, and what is to be recorded about it.
public struct ReviewResult: Sendable {
    /// The AdmissionReview to send back, as JSON.
    public let answer: [UInt8]
    /// The line for the audit log, still without time and duration.
    public let record: AuditRecord
    /// How many of its containers' images were looked up in the catalogue, by what came of it.
    public let imageLookups: [ImageCatalogue.Match: Int]
    /// Images that registries may be asked for: the answer might be another one then.
    public let unreadImages: [UnreadImage]
    /// Images by tag of which registries have spoken before: they may mean others by now.
    public let tagsOfRegistries: Set<String>
}
