import Admission
import JSON
import UWSGI
import YAML

/// Gives every uWSGI in a manifest an effective max-fd by changing the manifest's text: only the lines that have to
/// change do, and a container that cannot be changed safely is left as it is and named.
public struct ManifestFix: Sendable {
    /// The text as it was, and as it is to be.
    public let original: [UInt8]
    public let fixed: [UInt8]
    /// How many containers were given a max-fd.
    public let changeCount: Int
    /// The containers that were left as they are, and why.
    public let refusals: [Refusal]

    /// A container that was left as it is.
    public struct Refusal: Sendable, Hashable {
        /// In the text as it was, from 1.
        public let line: Int
        /// `kind name, container name: reason`.
        public let reason: String
    }

    /// - Parameters:
    ///   - bytes: a whole file. What in it cannot be read stays as it is.
    ///   - settings: as for a scan.
    public init(_ bytes: [UInt8], settings: ScanSettings) {
        original = bytes
        var fixed: [UInt8] = []
        var taken = 0
        var document = DocumentFix(settings: settings)
        var splitter = ManifestSplitter(ByteArraySource(bytes), largestPiece: settings.largestDocument)
        // What cannot be told apart is reported by the scan itself.
        while let piece = try? splitter.next() {
            fixed += bytes[taken..<piece.offset]
            fixed += document.fixed(
                piece.bytes, line: piece.line, itemKind: piece.itemKind, isJSON: piece.isJSON)
            taken = piece.offset + piece.bytes.count
        }
        self.fixed = fixed + bytes[taken...]
        changeCount = document.changeCount
        refusals = document.refusals
    }
}

/// Fixes one document after the other.
private struct DocumentFix {
    let settings: ScanSettings
    let parser = JSONParser(maximumDepth: ManifestReader.maximumDepth)
    var changeCount = 0
    var refusals: [ManifestFix.Refusal] = []

    /// The text of the document as it is to be.
    mutating func fixed(_ bytes: [UInt8], line: Int, itemKind: String?, isJSON: Bool) -> [UInt8] {
        guard let documents = try? ManifestReader.documents(in: bytes, line: line, parser: parser) else {
            return bytes
        }
        var edit = isJSON ? nil : try? YAMLEdit(bytes)
        for document in documents {
            try? ManifestObject.all(in: document, itemKind: itemKind) { object in
                fix(object, of: document, isJSON: isJSON, edit: &edit)
            }
        }
        return edit?.lines.bytes ?? bytes
    }

    private mutating func fix(
        _ object: ManifestObject, of document: ManifestReader.Document, isJSON: Bool, edit: inout YAMLEdit?
    ) {
        let inspection = try? PolicyPreview(
            ofPodsIn: object.value, kind: object.kind, settings: settings.admission)
        guard let inspection else { return }
        for finding in inspection.findings where finding.detection.runsUWSGI && inspection.isBad(finding) {
            let pointer = object.pointer + finding.container.pointer
            do throws(YAMLEdit.Refusal) {
                guard !isJSON else { throw YAMLEdit.Refusal("it is JSON (see --output patch)") }
                guard let change = EnvironmentChange(finding, value: inspection.maxFD) else {
                    throw YAMLEdit.Refusal(
                        "no variable helps, max-fd is \(finding.detection.maxFD.state.rawValue)"
                            + (finding.detection.maxFD.source.map { " at \($0)" } ?? ""))
                }
                guard edit != nil else { throw YAMLEdit.Refusal("the text is not one document of UTF-8") }
                try edit?.apply(change, toContainerAt: pointer)
                changeCount += 1
            } catch {
                let name = "\(object.kind) \(inspection.name), container \(finding.container.name)"
                refusals.append(
                    ManifestFix.Refusal(
                        line: document.line(of: pointer), reason: "\(name) left as it is: \(error.reason)"))
            }
        }
    }
}
