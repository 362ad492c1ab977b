import Admission
import JSON

/// What there is to explain in a text.
public enum Explanation {
    /// The previews of the one object, or AdmissionReview, that a text holds: one for each of its Pod templates.
    /// - Returns: the previews; and what looks like containers and was not looked at, with the reason.
    /// - Throws: ``ManifestError`` when the text cannot be read, or is not one object from which Pods come.
    public static func previews(
        in bytes: [UInt8], settings: AdmissionSettings
    ) throws(ManifestError) -> (previews: [PolicyPreview], notes: [ManifestError]) {
        let documents = try ManifestReader.documents(in: bytes)
        guard let document = documents.first else {
            throw ManifestError(
                line: nil, reason: "empty: there is nothing to look at; did the command before the pipe fail?"
            )
        }
        guard documents.count == 1 else {
            throw ManifestError(
                line: documents[1].line,
                reason: "\(documents.count) documents, where one is expected: pick one of them, or use scan")
        }
        if document.value["kind"]?.equals("AdmissionReview") == true {
            do throws(AdmissionError) {
                return ([try PolicyPreview(of: document.value, settings: settings)], [])
            } catch {
                throw ManifestError(line: document.line, reason: error.description)
            }
        }
        return try previews(of: objects(in: document), in: document, settings)
    }

    /// The one object of a document, and what manifests it holds.
    private static func objects(
        in document: ManifestReader.Document
    ) throws(ManifestError) -> [ManifestObject] {
        var objects: [ManifestObject] = []
        try ManifestObject.all(in: document) { objects.append($0) }
        let count = objects.count(where: \.holder.isEmpty)
        guard count <= 1 else {
            throw ManifestError(
                line: document.line,
                reason: "a List of \(count) objects, where one is expected: pick one of them, or use scan")
        }
        guard objects.isEmpty else { return objects }
        let reason: String
        switch document.value.kind {
        case .object: reason = "a manifest must have a kind"
        case .array: reason = "a List without objects: there is nothing to look at"
        default: reason = "not an object; did the command that wrote it fail?"
        }
        throw ManifestError(line: document.line, reason: reason)
    }

    private static func previews(
        of objects: [ManifestObject], in document: ManifestReader.Document, _ settings: AdmissionSettings
    ) throws(ManifestError) -> (previews: [PolicyPreview], notes: [ManifestError]) {
        var previews: [PolicyPreview] = []
        var notes: [ManifestError] = []
        for object in objects {
            do throws(AdmissionError) {
                let all = try PolicyPreview.all(
                    ofPodsIn: object.value, kind: object.kind, settings: settings)
                previews += all.previews
                notes += all.unread.map { pointer, reason in
                    ManifestError(
                        line: document.lines.line(of: object.pointer + pointer),
                        reason: "not looked at: \(reason)")
                }
            } catch {
                let line = document.lines.line(of: object.pointer + (error.pointer ?? ""))
                throw ManifestError(line: line, reason: error.description)
            }
        }
        guard previews.isEmpty, let first = objects.first else { return (previews, notes) }
        throw ManifestError(
            line: document.line, reason: PolicyPreview.noPods(in: first.kind).description)
    }
}
