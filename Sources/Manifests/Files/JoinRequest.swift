import Admission
import JSON
import UWSGI

/// An object whose containers take something from ConfigMaps, Secrets or other volumes that may say more about them.
struct JoinRequest {
    let previews: [PolicyPreview]
    let references: ObjectReferences

    /// `nil` where nothing can be learnt.
    init?(_ previews: [PolicyPreview], of object: JSONValue) {
        let pointers = previews.flatMap(\.findings).filter(Self.mayLearn).map(\.container.pointer)
        guard !pointers.isEmpty else { return nil }
        references = ObjectReferencesReader.read(object, containers: pointers)
        guard !references.isEmpty else { return nil }
        self.previews = previews
    }

    private static func mayLearn(_ finding: ExaminedContainer) -> Bool {
        let container = finding.container.specification
        let hasUnread = !finding.detection.unreadPaths.isEmpty
        if hasUnread, !container.mounts.isEmpty { return true }
        if ContainerJoin.assumedConfiguration(of: container) != nil { return true }
        let isOpen = hasUnread || expands(container)
        if !container.environmentSources.isEmpty,
            isOpen || finding.detection.runsUWSGI || container.command.isEmpty
        {
            return true
        }
        return container.environment.contains { variable in
            variable.value == .reference && (isOpen || EnvironmentNames.concernsUWSGI(variable.name))
        }
    }

    /// Whether the command line depends on variables.
    private static func expands(_ container: ContainerSpecification) -> Bool {
        func expands(_ word: String) -> Bool { word.utf8.contains(UInt8(ascii: "$")) }
        return container.command.contains(where: expands) || container.arguments.contains(where: expands)
    }

    /// What each container may take.
    var room: JoinRoom { JoinRoom(containers: references.containers.count) }

    /// The previews with what the objects say. What the policies do stays, for the webhook does not see them.
    /// - Parameter file: the file that the object's manifest stands in.
    func joined(with index: ObjectIndex, detector: Detector, file: String) -> [PolicyPreview] {
        previews.map { preview in
            let join = ContainerJoin(
                index: index, detector: detector, namespace: preview.namespace, file: file, room: room)
            return preview.knowing(
                preview.findings.map { finding in
                    guard let own = references.containers[finding.container.pointer] else { return finding }
                    return join.join(finding, own, references.volumes).finding
                })
        }
    }

    /// How much memory it takes, in bytes, about.
    var bytes: Int {
        previews.reduce(references.volumes.count * 128) { bytes, preview in
            preview.findings.reduce(bytes + 512) { bytes, finding in
                let container = finding.container.specification
                return bytes + 768 + 2 * container.textBytes
                    + 64 * (container.environment.count + container.mounts.count)
            }
        }
    }
}
