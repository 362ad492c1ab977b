import Admission
import UWSGI

/// Brings the ConfigMaps and Secrets of a scan's input together with the containers that refer to them, in whatever
/// order they come.
///
/// What has been read is kept within bounds: the texts of ConfigMaps and Secrets, and the containers that wait for some
/// that have not come yet. Pods that refer to nothing, and those whose objects came before them, do not wait.
struct ScanJoiner {
    /// The most that is kept of ConfigMaps and Secrets, and about the most of what waits for them, in bytes.
    static let mostObjectBytes = 28 << 20
    static let mostWaitingBytes = 16 << 20

    private(set) var index = ObjectIndex(limit: mostObjectBytes)
    private(set) var waiting = WaitingObjects(limit: mostWaitingBytes)
    private let detector: Detector
    /// The webhook sees no ConfigMap: what a policy would do does not depend on any.
    private let isOff: Bool

    init(_ settings: ScanSettings) {
        detector = settings.admission.detector
        isOff = settings.policy != nil
    }

    /// Takes an object that others may refer to.
    /// - Returns: whether it is one.
    mutating func take(_ object: ManifestObject, place: @autoclosure () -> SourcePlace) -> Bool {
        guard object.kind == "ConfigMap" || object.kind == "Secret",
            let object = ConfigurationObject(object, place: isOff ? SourcePlace(file: "", line: 1) : place())
        else { return false }
        if !isOff { index.add(object) }
        return true
    }

    func request(for previews: [PolicyPreview], of object: ManifestObject) -> JoinRequest? {
        isOff ? nil : JoinRequest(previews, of: object.value)
    }

    /// Lets an object wait for what it refers to.
    /// - Returns: `false` when all of it is there, or there is no room: then it is joined now.
    mutating func wait(
        _ request: JoinRequest, of object: ScannedObject, file: String,
        placements: [String: [Placement: Int]], places: () -> [String: SourcePlace]
    ) -> Bool {
        let namespace = object.reference.namespace
        let isAllThere = request.references.objects.allSatisfy { index.contains($0, namespace: namespace) }
        return isAllThere
            ? false
            : waiting.add(
                request, of: object, file: file, placements: placements, places: places)
    }

    /// Gives away what has waited, the last one first: who takes one after the other from the end can let each go.
    mutating func takeWaiting() -> [WaitingObjects.Entry] {
        let entries = waiting.entries
        waiting = WaitingObjects(limit: 0)
        return entries.reversed()
    }

    func joined(_ request: JoinRequest, file: String) -> [PolicyPreview] {
        request.joined(with: index, detector: detector, file: file)
    }

    /// What there was no room for.
    func notes(file: String) -> [ScanProblem] {
        var notes: [ScanProblem] = []
        if index.omitted > 0 {
            let reason =
                "\(index.omitted) ConfigMaps and Secrets were not kept, as there are more than "
                + "\(Self.mostObjectBytes >> 20) MiB of them: scan one namespace after the other"
            notes.append(ScanProblem(file: file, line: nil, reason: reason))
        }
        if waiting.refused > 0 {
            let reason =
                "\(waiting.refused) objects were not joined with ConfigMaps and Secrets that come after them, as more "
                + "than \(Self.mostWaitingBytes >> 20) MiB wait already: put ConfigMaps and Secrets first"
            notes.append(ScanProblem(file: file, line: nil, reason: reason))
        }
        return notes
    }
}
