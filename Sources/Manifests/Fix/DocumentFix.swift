import Admission
import UWSGI
import YAML

/// Fixes one document after the other.
struct DocumentFix {
    let place: ManifestFix.Place
    let file: String
    let configuration: ConfigurationFix
    var changeCount = 0
    var refusals: [ManifestFix.Refusal] = []
    /// How many bytes may still be read to see what changes do, in all documents of the file: so often each may be read,
    /// and small ones as often as it takes.
    var bytesToRead = 4 << 20
    private static let readingsOfEach = 8

    /// Something that is to change: a container without an effective max-fd, or a key of a ConfigMap.
    private struct Wanted {
        /// What messages call it.
        let name: String
        let line: Int
        let changes: [YAMLEdit.Change]
    }

    /// The text of the piece as it is to be; `nil` when it is to stay as it is.
    mutating func fixed(_ part: ManifestStream.Part) -> [UInt8]? {
        var wanted: [Wanted] = []
        for document in part.documents {
            var objects: [ManifestObject] = []
            _ = try? ManifestObject.all(in: document, itemKind: part.itemKind) { objects.append($0) }
            for object in objects {
                switch place {
                case .env: wanted += containers(of: object, in: document)
                case .config:
                    refuseContainers(of: object, in: document)
                    wanted += keys(of: object, in: document)
                }
            }
        }
        guard !wanted.isEmpty else { return nil }
        guard !part.piece.isJSON else {
            for one in wanted { refuse(one.name, at: one.line, "it is JSON (see --output patch)") }
            return nil
        }
        return fixed(wanted, in: part.piece.bytes)
    }

    private mutating func fixed(_ wanted: [Wanted], in bytes: [UInt8]) -> [UInt8]? {
        bytesToRead += Self.readingsOfEach * bytes.count
        var edit: YAMLEdit
        do {
            edit = try YAMLEdit(bytes, bytesToRead: bytesToRead)
        } catch {
            for one in wanted { refuse(one.name, at: one.line, "\(YAMLEdit.Refusal(error).reason)") }
            return nil
        }
        // A ConfigMap's key may have to change more than once: the second change is for the text after the first.
        let rounds = wanted.map(\.changes.count).max() ?? 0
        var refused: [Int: YAMLEdit.Refusal] = [:]
        for round in 0..<rounds {
            let indices = wanted.indices.filter { wanted[$0].changes.count > round && refused[$0] == nil }
            let results = edit.apply(indices.map { wanted[$0].changes[round] })
            for (position, refusal) in results { refused[indices[position]] = refusal }
        }
        bytesToRead = max(0, edit.bytesLeft)
        for (index, one) in wanted.enumerated() {
            if let refusal = refused[index] {
                refuse(one.name, at: one.line, refusal.reason)
            } else {
                changeCount += 1
            }
        }
        return edit.lines.bytes
    }

    private mutating func refuse(_ name: String, at line: Int, _ reason: String) {
        refusals.append(ManifestFix.Refusal(line: line, reason: "\(name) left as it is: \(reason)"))
    }

    // MARK: - Containers

    private mutating func containers(
        of object: ManifestObject, in document: ManifestReader.Document
    ) -> [Wanted] {
        var wanted: [Wanted] = []
        for (preview, finding) in findingsWithoutMaxFD(of: object) {
            let pointer = object.pointer + finding.container.pointer
            let name = Self.name(of: finding, in: preview, object)
            let line = document.lines.line(of: pointer)
            guard let change = EnvironmentChange(finding, maxFD: preview.maxFD) else {
                let maxFD = finding.detection.maxFD
                let source = maxFD.source.map { " at \($0)" } ?? ""
                let cure = maxFD.source?.hasPrefix("ConfigMap/") == true ? " (see --fix-in config)" : ""
                refuse(name, at: line, "no variable helps, max-fd is \(maxFD.state.rawValue)\(source)\(cure)")
                continue
            }
            wanted.append(
                Wanted(name: name, line: line, changes: [.environment(change, container: pointer)]))
        }
        return wanted
    }

    private func findingsWithoutMaxFD(of object: ManifestObject) -> [(PolicyPreview, ExaminedContainer)] {
        let settings = configuration.settings.admission
        let all = try? PolicyPreview.all(ofPodsIn: object.value, kind: object.kind, settings: settings)
        guard let previews = all?.previews else { return [] }
        let joined =
            JoinRequest(previews, of: object.value)?
            .joined(with: configuration.index, detector: settings.detector, file: file) ?? previews
        return joined.flatMap { preview in
            preview.findings.filter { preview.counts($0) && preview.lacksMaxFD($0) }.map { (preview, $0) }
        }
    }

    private static func name(
        of finding: ExaminedContainer, in preview: PolicyPreview, _ object: ManifestObject
    ) -> String {
        "\(object.kind) \(preview.name), container \(finding.container.name)"
    }

    // MARK: - ConfigMaps

    /// Names the containers for which no ConfigMap is changed.
    private mutating func refuseContainers(
        of object: ManifestObject, in document: ManifestReader.Document
    ) {
        for (preview, finding) in findingsWithoutMaxFD(of: object) {
            let line = document.lines.line(of: object.pointer + finding.container.pointer)
            let reason =
                configuration.refusals[SourcePlace(file: file, line: line)]
                ?? "no ConfigMap of the input holds its configuration"
            refuse(Self.name(of: finding, in: preview, object), at: line, "\(reason) (see --fix-in env)")
        }
    }

    private func keys(of object: ManifestObject, in document: ManifestReader.Document) -> [Wanted] {
        guard object.kind == "ConfigMap", !configuration.edits.isEmpty else { return [] }
        let place = SourcePlace(file: file, line: document.lines.line(of: object.pointer))
        guard let found = ConfigurationObject(object, place: place) else { return [] }
        let target = ConfigurationFix.Target(object: found.name, namespace: found.namespace, place: place)
        return (configuration.edits[target] ?? [:]).sorted { $0.key < $1.key }.map { key, edits in
            let pointer = "\(object.pointer)/data/\(JSONPointer.escaped(key))"
            return Wanted(
                name: "\(found.name.description), key \(key)",
                line: document.lines.line(of: pointer),
                changes: edits.map { .line($0, scalar: pointer) })
        }
    }
}
