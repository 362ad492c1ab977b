import Admission
import UWSGI

@testable import Manifests

/// Pods, and the ConfigMaps and Secrets beside them, as YAML documents: the order in which they come does not matter,
/// and nothing of a Secret is shown.
func fuzzJoins(_ bytes: [UInt8]) throws {
    let documents = split(bytes)
    let others = documents.filter { !$0.isConfiguration }
    let maps = documents.filter(\.isConfiguration)
    let first = report(maps + others)
    let last = report(others + maps)
    // What has no place in a manifest, such as a mark of the byte order in its middle, depends on where that is.
    if first.problems.isEmpty, last.problems.isEmpty {
        try require(first.objectCount == last.objectCount, "the order changes how many objects there are")
        try require(shown(first.findings) == shown(last.findings), "the order changes what is found")
        try require(shown(first.others) == shown(last.others), "the order changes what is set")
    }
    try requireSecrecy(documents, first)
}

/// What stands in every Secret of the seeds, and nowhere else.
private let secret = "kanarienvogel"

private struct YAMLDocument {
    let text: String

    var isConfiguration: Bool {
        !text.contains("kind: List") && (text.contains("kind: ConfigMap") || isSecret)
    }

    var isSecret: Bool { text.contains("kind: Secret") }
}

private func split(_ bytes: [UInt8]) -> [YAMLDocument] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n---\n").map { YAMLDocument(text: String($0)) }
}

private func report(_ documents: [YAMLDocument]) -> ScanReport {
    var scan = Scan(settings: ScanSettings(largestDocument: 1 << 16, allowsEmpty: true))
    let text = documents.map(\.text).joined(separator: "\n---\n") + "\n"
    scan.read(ByteArraySource(Array(text.utf8)), file: "fuzz.yaml")
    return scan.report()
}

/// What is found, without the lines, on which it is in another order.
private func shown(_ findings: [ScanFinding]) -> [String] {
    findings.map {
        let maxFD = $0.detection.maxFD
        let explanation = $0.explanation.replacing(/fuzz\.yaml:[0-9]+/, with: "fuzz.yaml")
        return "\($0.qualifiedName) \(maxFD.state) \(maxFD.number ?? -1) \($0.pods) \(explanation)"
    }.sorted()
}

private func requireSecrecy(_ documents: [YAMLDocument], _ report: ScanReport) throws {
    guard documents.contains(where: \.isSecret) else { return }
    let isOnlyInSecrets = documents.allSatisfy { $0.isSecret || !$0.text.lowercased().contains(secret) }
    // A name, or a reference, that is written with escapes is not seen here.
    guard isOnlyInSecrets, !documents.contains(where: { !$0.isSecret && $0.text.contains("\\") }) else {
        return
    }
    // An object that refers to nothing of a Secret may still stand in one document with it.
    guard documents.allSatisfy({ !$0.isSecret || !$0.text.contains("spec:") }) else { return }
    var texts = [ScanReportJSON().text(of: report), "\(report.findings) \(report.others)"]
    let text = documents.map(\.text).joined(separator: "\n---\n") + "\n"
    if let all = try? Explanation.all(in: Array(text.utf8), settings: AdmissionSettings()) {
        for explanation in all.explanations {
            var rendering = ExplanationText(
                explanation.preview, style: TextStyle(isColoured: false, isUnicode: true))
            texts.append(rendering.rendered())
            texts.append(String(decoding: ExplanationJSON.rendered(explanation.preview), as: UTF8.self))
        }
    }
    for text in texts { try require(!text.lowercased().contains(secret), "a Secret is shown") }
}
