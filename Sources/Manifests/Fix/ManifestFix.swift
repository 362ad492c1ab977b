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
        var stream = ManifestStream(
            ByteArraySource(bytes), largestPiece: settings.largestDocument,
            parser: ManifestStream.makeParser())
        // What cannot be read is reported by the scan itself.
        while let part = try? stream.next() {
            let piece = part.piece
            guard let text = document.fixed(part) else { continue }
            fixed += bytes[taken..<piece.offset]
            fixed += text
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
    var changeCount = 0
    var refusals: [ManifestFix.Refusal] = []

    /// A container without an effective max-fd.
    private struct Container {
        let name: String
        let line: Int
        let pointer: String
        let maxFD: MaxFD
        let change: EnvironmentChange?
    }

    /// The text of the piece as it is to be; `nil` when it is to stay as it is.
    mutating func fixed(_ part: ManifestStream.Part) -> [UInt8]? {
        var containers: [Container] = []
        for document in part.documents {
            _ = try? ManifestObject.all(in: document, itemKind: part.itemKind) { object in
                containers += self.containers(of: object, in: document)
            }
        }
        guard !containers.isEmpty else { return nil }
        guard !part.piece.isJSON else {
            for container in containers { refuse(container, "it is JSON (see --output patch)") }
            return nil
        }
        return fixed(containers, in: part.piece.bytes)
    }

    private func containers(
        of object: ManifestObject, in document: ManifestReader.Document
    ) -> [Container] {
        let all = try? PolicyPreview.all(
            ofPodsIn: object.value, kind: object.kind, settings: settings.admission)
        return (all?.previews ?? []).flatMap { preview in
            preview.findings.filter { $0.detection.runsUWSGI && preview.isBad($0) }.map { finding in
                let pointer = object.pointer + finding.container.pointer
                return Container(
                    name: "\(object.kind) \(preview.name), container \(finding.container.name)",
                    line: document.lines.line(of: pointer), pointer: pointer,
                    maxFD: finding.detection.maxFD,
                    change: EnvironmentChange(finding, maxFD: preview.maxFD))
            }
        }
    }

    private mutating func fixed(_ containers: [Container], in bytes: [UInt8]) -> [UInt8]? {
        var changes: [YAMLEdit.Change] = []
        var changed: [Container] = []
        for container in containers {
            guard let change = container.change else {
                let source = container.maxFD.source.map { " at \($0)" } ?? ""
                refuse(container, "no variable helps, max-fd is \(container.maxFD.state.rawValue)\(source)")
                continue
            }
            changes.append(YAMLEdit.Change(environment: change, pointer: container.pointer))
            changed.append(container)
        }
        var edit: YAMLEdit
        do {
            edit = try YAMLEdit(bytes)
        } catch {
            for container in changed { refuse(container, "\(YAMLEdit.Refusal(error).reason)") }
            return nil
        }
        let refused = edit.apply(changes)
        for (index, container) in changed.enumerated() {
            if let refusal = refused[index] { refuse(container, refusal.reason) } else { changeCount += 1 }
        }
        return edit.lines.bytes
    }

    private mutating func refuse(_ container: Container, _ reason: String) {
        refusals.append(
            ManifestFix.Refusal(
                line: container.line, reason: "\(container.name) left as it is: \(reason)"))
    }
}
