import Admission
import TestSupport
import UWSGI

/// The bytes of an AdmissionReview, under every policy.
func fuzzReview(_ input: [UInt8]) throws {
    let reviewer = AdmissionReviewer(
        settings: AdmissionSettings(
            maxFD: 65536, detector: Detector(ceiling: 1_048_576, images: [ImagePattern("*uwsgi*")])))
    for policy in Policy.allCases {
        let result = review(input, reviewer, policy)
        switch result {
        case .success(let outcome):
            try ReviewPromises(input: input, policy: policy, outcome: outcome, reviewer: reviewer).check()
        case .failure(let error):
            try require(error.kind == .malformed, "a fault of our own: \(error)")
            try require(!error.description.isEmpty, "an error that says nothing")
            try requireOneLine(AuditRecord(policy: policy, error: error))
        }
    }
}

func review(
    _ input: [UInt8], _ reviewer: AdmissionReviewer, _ policy: Policy
) -> Result<ReviewResult, AdmissionError> {
    // The array lends its bytes for the call; the reviewer only reads them.
    input.withUnsafeBytes { bytes in
        do throws(AdmissionError) {
            return .success(try reviewer.review(bytes, policy: policy))
        } catch {
            return .failure(error)
        }
    }
}

/// The audit line is one line, and JSON by another parser.
@discardableResult
func requireOneLine(_ record: AuditRecord) throws -> JSONTree {
    var line: [UInt8] = []
    record.write(time: "2000-01-01T00:00:00.000Z", durationMicros: 1, to: &line)
    try require(line.last == 0x0A, "no line feed at the end")
    try require(line.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in the log")
    let text = String(validating: line, as: UTF8.self)
    let breaks: [Unicode.Scalar] = ["\u{85}", "\u{2028}", "\u{2029}"]
    try require(
        text?.unicodeScalars.contains { breaks.contains($0) } == false, "a line break in the log")
    return try JSONTree(line)
}
