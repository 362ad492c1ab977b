import Admission
import UWSGI

/// One container that runs uWSGI, as far as reports show it: small, since there may be many.
final class ScanRecord: Sendable {
    let object: ObjectReference
    let apiVersion: String
    let container: ContainerSummary
    let detection: Detection
    /// What is wrong, on what evidence, and the cure.
    let explanation: String
    let actions: [Policy: Action]
    /// Whether the object's label asks policies to leave it alone.
    let isSkipped: Bool
    /// Whether the object only mirrors a static Pod, which no policy reaches.
    let isMirror: Bool
    let change: EnvironmentChange?
    let unreadFiles: [UnreadFile]
    let pods: PodCount
    /// The object that the object's manifest stands in; mostly empty.
    let holder: String
    let place: SourcePlace
    /// Whether it has no effective max-fd: whether strict would refuse it.
    let lacksMaxFD: Bool

    init(
        _ finding: ExaminedContainer, of inspection: PolicyPreview, in object: ScannedObject,
        at place: SourcePlace
    ) {
        self.object = object.reference
        apiVersion = object.apiVersion
        container = ContainerSummary(finding.container)
        detection = finding.detection
        explanation = inspection.explanation(of: finding)
        let verdicts = Policy.allCases.compactMap { policy in
            inspection.action(policy, on: finding).map { (policy, $0) }
        }
        actions = Dictionary(verdicts) { first, _ in first }
        isSkipped = inspection.hasSkipLabel
        isMirror = inspection.skipReason == .mirrorPod
        change = EnvironmentChange(finding, maxFD: inspection.maxFD)
        pods = object.pods
        holder = object.holder
        self.place = place
        unreadFiles = finding.unreadFiles
        lacksMaxFD = inspection.lacksMaxFD(finding)
    }
}

extension PolicyPreview {
    /// Whether a container has no effective max-fd: whether strict would refuse it if it knew what is known here.
    func lacksMaxFD(_ finding: ExaminedContainer) -> Bool { strictAction(knowing: finding) == .deny }

    /// Whether a container runs uWSGI, and is not one that its author may exempt, and does.
    func counts(_ finding: ExaminedContainer) -> Bool {
        finding.detection.runsUWSGI && strictAction(knowing: finding) != nil
    }
}

/// A container, without what only detection needs.
public struct ContainerSummary: Hashable, Sendable {
    public let name: String
    public let role: PodContainer.Role
    public let image: String
    /// Where it stands in its object, as a JSON Pointer.
    let pointer: String

    init(_ container: PodContainer) {
        name = container.name
        role = container.role
        image = container.specification.image
        pointer = container.pointer
    }
}

/// Where something stands in the input.
public struct SourcePlace: Hashable, Sendable {
    /// As the user wrote it, or found below a folder that the user wrote; `-` is standard input.
    public let file: String
    /// From 1.
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// As reports name it: `web.yaml:12`.
    var description: String { "\(file == "-" ? "standard input" : file):\(line)" }
}
