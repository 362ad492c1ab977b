import Admission
import UWSGI

/// Finds the ConfigMaps' texts that have to change so that the containers which read them have a max-fd.
///
/// A change is only taken when the container, read again with it, has the max-fd in force that it should have: whatever
/// the text looks like, and whatever other files and variables say.
public struct ConfigurationFix: Sendable {
    /// An object of which a text is to change.
    struct Target: Hashable, Sendable {
        let object: ObjectName
        let namespace: String
        /// Where the object's manifest stands: two files may hold two of one name.
        let place: SourcePlace
    }

    /// How texts are to change, by their keys, in the order in which the changes are made.
    private(set) var edits: [Target: [String: [INIEdit]]] = [:]
    private(set) var refusals: [SourcePlace: String] = [:]
    /// The objects with all changes made.
    private(set) var index: ObjectIndex
    private let detector: Detector
    let settings: ScanSettings

    /// - Parameter scan: it has read all files.
    public init(_ scan: Scan) {
        settings = scan.settings
        detector = settings.admission.detector
        index = scan.joiner.index
    }

    /// Looks for what has to change for the containers of one file.
    public mutating func read(_ bytes: [UInt8], file: String) {
        var stream = ManifestStream(
            ByteArraySource(bytes), largestPiece: settings.largestDocument,
            parser: ManifestStream.makeParser())
        while let part = try? stream.next() {
            for document in part.documents {
                var objects: [ManifestObject] = []
                _ = try? ManifestObject.all(in: document, itemKind: part.itemKind) { objects.append($0) }
                for object in objects { read(object, in: document, file: file) }
            }
        }
    }

    private mutating func read(_ object: ManifestObject, in document: ManifestReader.Document, file: String) {
        let all = try? PolicyPreview.all(
            ofPodsIn: object.value, kind: object.kind, settings: settings.admission)
        guard let previews = all?.previews, let request = JoinRequest(previews, of: object.value) else {
            return
        }
        let detector = detector
        for preview in previews {
            for finding in preview.findings {
                guard let references = request.references.containers[finding.container.pointer] else {
                    continue
                }
                let volumes = request.references.volumes
                let join = { (index: ObjectIndex) in
                    ContainerJoin(
                        index: index, detector: detector, namespace: preview.namespace, file: file,
                        room: request.room
                    ).join(finding, references, volumes)
                }
                let line = document.lines.line(of: object.pointer + finding.container.pointer)
                fix(preview, at: SourcePlace(file: file, line: line), join)
            }
        }
    }

    private mutating func fix(
        _ preview: PolicyPreview, at place: SourcePlace, _ join: (ObjectIndex) -> ContainerJoin.Result
    ) {
        let result = join(index)
        guard preview.counts(result.finding), preview.lacksMaxFD(result.finding) else { return }
        do throws(FixRefusal) {
            let (origin, edit) = try self.edit(result, maxFD: preview.maxFD)
            // In its place and back, for a copy of all objects costs more the more there are.
            let old = index.replace(origin, with: .text(edit.text))
            let after = join(index).finding.detection.maxFD
            guard after.state == .set, after.number == preview.maxFD else {
                if let old { index.replace(origin, with: old) }
                throw FixRefusal(
                    "a max-fd in \(origin.description) would not be the one in force (\(after.source ?? "another one"))"
                )
            }
            // One of two that were the same, and are no longer, would be one too many.
            for place in index.places(of: origin) {
                let target = Target(object: origin.object, namespace: origin.namespace, place: place)
                edits[target, default: [:]][origin.key, default: []].append(edit)
            }
        } catch {
            refusals[place] = error.reason
        }
    }

    /// What to change where.
    private func edit(
        _ result: ContainerJoin.Result, maxFD: Int
    ) throws(FixRefusal) -> (MountedFiles.Origin, INIEdit) {
        let found = result.finding.detection.maxFD
        if let place = found.place {
            guard let (origin, text) = file(at: place.path, of: result) else {
                throw FixRefusal(
                    "its max-fd is at \(found.source ?? place.path), and not in a ConfigMap of the input")
            }
            guard let edit = INIEdit(of: text, replacingAt: place.line, maxFD: maxFD) else {
                throw FixRefusal("\(origin.description):\(place.line) is not a line max-fd = …")
            }
            return (origin, edit)
        }
        for (path, _) in result.files {
            guard let (origin, text) = file(at: path, of: result),
                let edit = INIEdit(of: text, addingMaxFD: maxFD)
            else { continue }
            return (origin, edit)
        }
        if result.files.contains(where: { $0.origin.object.kind == .secret }) {
            throw FixRefusal("its configuration is in a Secret, which --fix does not change")
        }
        throw FixRefusal("no ConfigMap of the input holds a configuration with a section [uwsgi] for it")
    }

    /// A file that comes from a ConfigMap, and its text.
    private func file(at path: String, of result: ContainerJoin.Result) -> (MountedFiles.Origin, String)? {
        guard let origin = result.files.first(where: { $0.path == path })?.origin,
            origin.object.kind == .configMap, let text = index.text(of: origin)
        else { return nil }
        return (origin, text)
    }
}

/// Why something is left as it is.
struct FixRefusal: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
