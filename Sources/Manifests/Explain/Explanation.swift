import Admission
import JSON

/// What there is to explain of one Pod template.
public struct Explanation {
    public let preview: PolicyPreview
    /// What webhook configurations select its Pod by; `nil` where there is no Pod to create.
    public let pod: SelectedPod?

    /// The explanations of the one object, or AdmissionReview, that a text holds: one for each of its Pod templates.
    ///
    /// ConfigMaps and Secrets may stand beside the object, as further documents or in one List with it: what they say
    /// of its files and variables counts for what was found, and not for what the policies do.
    /// - Returns: the explanations; and what looks like containers and was not looked at, with the reason.
    /// - Throws: ``ManifestError`` when the text cannot be read, or is not one object from which Pods come.
    public static func all(
        in bytes: [UInt8], settings: AdmissionSettings
    ) throws(ManifestError) -> (explanations: [Explanation], notes: [ManifestError]) {
        let documents = try ManifestReader.documents(in: bytes)
        guard let first = documents.first else {
            throw ManifestError(
                line: nil, reason: "empty: there is nothing to look at; did the command before the pipe fail?"
            )
        }
        var input = Input()
        for document in documents { try input.read(document) }
        guard let explained = input.explained else { throw input.emptiness ?? noObject(in: first) }
        guard input.others.isEmpty else {
            throw ManifestError(
                line: input.others.first,
                reason:
                    "\(input.others.count + 1) objects, where one is expected beside ConfigMaps and Secrets: "
                    + "pick one of them, or use scan")
        }
        return try all(of: explained.objects, in: explained.document, input.index, settings)
    }

    /// The explanation of an AdmissionReview: of the Pod in it, or of the template of a workload's Pods.
    private static func explanation(
        ofReview review: JSONValue, _ index: ObjectIndex, _ settings: AdmissionSettings
    ) throws(AdmissionError) -> Explanation {
        let preview = try PolicyPreview(of: review, settings: settings)
        guard let request = review["request"], let object = request["object"],
            let kind = request["kind"]?["kind"]?.string
        else { return Explanation(preview: preview, pod: nil) }
        let joined = JoinRequest([preview], of: object)?
            .joined(with: index, detector: settings.detector, file: "-").first
        let all = try? PolicyPreview.all(ofPodsIn: object, kind: kind, settings: settings)
        return Explanation(preview: joined ?? preview, pod: all?.templates.first.map(SelectedPod.init))
    }

    /// What a text holds.
    private struct Input {
        var index = ObjectIndex(limit: 16 << 20)
        /// The object to explain, and what manifests it holds.
        var explained: (document: ManifestReader.Document, objects: [ManifestObject])?
        /// The lines of further objects.
        var others: [Int] = []
        /// Why a document holds nothing to explain.
        var emptiness: ManifestError?

        mutating func read(_ document: ManifestReader.Document) throws(ManifestError) {
            var objects: [ManifestObject] = []
            var own: [ManifestObject] = []
            var isThere = explained != nil
            try ManifestObject.all(in: document) { objects.append($0) }
            for object in objects {
                let line = document.lines.line(of: object.pointer)
                if let found = ConfigurationObject(object, place: SourcePlace(file: "-", line: line)) {
                    index.add(found)
                } else if object.holder.isEmpty, isThere {
                    others.append(line)
                } else {
                    own.append(object)
                    isThere = isThere || object.holder.isEmpty
                }
            }
            if !own.isEmpty, explained == nil { explained = (document, own) }
            if objects.isEmpty, emptiness == nil { emptiness = Explanation.noObject(in: document) }
        }
    }

    private static func noObject(in document: ManifestReader.Document) -> ManifestError {
        let reason: String
        switch document.value.kind {
        case .object where document.value["kind"] != nil:
            reason = "only ConfigMaps and Secrets: there is nothing to explain beside them"
        case .object: reason = "a manifest must have a kind"
        case .array: reason = "a List without objects: there is nothing to look at"
        default: reason = "not an object; did the command that wrote it fail?"
        }
        return ManifestError(line: document.line, reason: reason)
    }

    private static func all(
        of objects: [ManifestObject], in document: ManifestReader.Document, _ index: ObjectIndex,
        _ settings: AdmissionSettings
    ) throws(ManifestError) -> (explanations: [Explanation], notes: [ManifestError]) {
        var explanations: [Explanation] = []
        var notes: [ManifestError] = []
        for object in objects {
            do throws(AdmissionError) {
                if object.kind == "AdmissionReview" {
                    explanations.append(try explanation(ofReview: object.value, index, settings))
                    continue
                }
                let all = try PolicyPreview.all(
                    ofPodsIn: object.value, kind: object.kind, settings: settings)
                let request = JoinRequest(all.previews, of: object.value)
                let previews =
                    request?.joined(with: index, detector: settings.detector, file: "-") ?? all.previews
                explanations += zip(previews, all.templates).map {
                    Explanation(preview: $0, pod: SelectedPod($1))
                }
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
        guard explanations.isEmpty, let first = objects.first else { return (explanations, notes) }
        throw ManifestError(
            line: document.line, reason: PolicyPreview.noPods(in: first.kind).description)
    }
}
