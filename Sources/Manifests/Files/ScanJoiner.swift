import Admission
import UWSGI

/// Brings the ConfigMaps and Secrets of a scan's input together with the containers that refer to them, in whatever
/// order they come.
///
/// All that refers to some waits for the end of the input, also where they have come already: Pods of one owner are then
/// joined once and not one by one, and what comes of it does not depend on the order. What is kept is bounded: the texts
/// of ConfigMaps and Secrets, and what waits for them. Pods that refer to nothing do not wait.
struct ScanJoiner {
    /// The most that is kept of ConfigMaps and Secrets, and about the most of what waits for them, in bytes.
    static let mostObjectBytes = 28 << 20
    static let mostWaitingBytes = 16 << 20

    private(set) var index = ObjectIndex(limit: mostObjectBytes)
    private(set) var waiting: WaitingObjects
    /// How many objects were joined before all that they refer to had come, as there was no room.
    private(set) var joinedEarly = 0
    private let detector: Detector
    /// The webhook sees no ConfigMap: what a policy would do does not depend on any.
    private let isOff: Bool

    init(_ settings: ScanSettings, mostWaitingBytes: Int = Self.mostWaitingBytes) {
        waiting = WaitingObjects(limit: mostWaitingBytes)
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
    /// - Returns: `false` when there is no room: then it is joined now.
    mutating func wait(
        _ request: JoinRequest, of object: ScannedObject, file: String,
        placements: [String: [Placement: Int]], places: () -> [String: SourcePlace]
    ) -> Bool {
        if waiting.add(request, of: object, file: file, placements: placements, places: places) {
            return true
        }
        let namespace = object.reference.namespace
        let isAllThere = request.references.objects.allSatisfy { index.contains($0, namespace: namespace) }
        if !isAllThere { joinedEarly += 1 }
        return false
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
        if joinedEarly > 0 {
            let reason =
                "\(joinedEarly) objects were not joined with ConfigMaps and Secrets that come after them, as more "
                + "than \(Self.mostWaitingBytes >> 20) MiB wait already: put ConfigMaps and Secrets first"
            notes.append(ScanProblem(file: file, line: nil, reason: reason))
        }
        return notes
    }
}
