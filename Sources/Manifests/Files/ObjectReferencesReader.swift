import Admission
import JSON
import UWSGI

/// Reads from an object what its containers take from ConfigMaps, Secrets and other volumes.
///
/// What is of another kind than expected counts as missing: detection has read the same members before.
struct ObjectReferencesReader {
    private let root: JSONValue
    private var references = ObjectReferences()
    /// The elements of lists that were looked into, by their place.
    private var lists: [String: [JSONValue]] = [:]
    /// The volumes of objects that were looked into, by their place and the volume's name.
    private var volumes: [String: [String: JSONValue]] = [:]
    /// Where volumes stand among the references, by the place of their object and their name.
    private var indices: [String: Int] = [:]

    /// - Parameter object: the object that the containers stand in.
    init(_ object: JSONValue) {
        root = object
    }

    /// What some containers refer to.
    /// - Parameter pointers: where they stand in the object, as JSON Pointers.
    static func read(_ object: JSONValue, containers pointers: [String]) -> ObjectReferences {
        var reader = ObjectReferencesReader(object)
        for pointer in pointers { reader.readContainer(pointer) }
        return reader.references
    }

    private mutating func readContainer(_ pointer: String) {
        let way = way(to: pointer)
        guard let container = way.last?.value, container.kind == .object else { return }
        var result = ContainerReferences()
        for mount in Self.elements(container["volumeMounts"]) {
            guard let path = mount["mountPath"]?.string, let name = mount["name"]?.string else { continue }
            let expression = mount["subPathExpr"]?.string ?? ""
            let folder = VolumePath.normalized(path)
            result.mounts.append(
                ContainerReferences.Mount(
                    path: folder.isEmpty ? "" : "/" + folder,
                    subPath: VolumePath.normalized(mount["subPath"]?.string ?? ""),
                    isExpression: !expression.isEmpty, volume: volume(named: name, for: way)))
        }
        if let variables = container["env"] {
            for (index, variable) in variables.elements.enumerated() {
                guard let source = variable["valueFrom"], let key = Self.key(source) else { continue }
                result.variables[index] = key
            }
        }
        for source in Self.elements(container["envFrom"]) {
            let object =
                Self.object(.configMap, source["configMapRef"]) ?? Self.object(.secret, source["secretRef"])
            result.sources.append(
                ContainerReferences.Source(object: object, prefix: source["prefix"]?.string ?? ""))
        }
        references.containers[pointer] = result
    }

    /// More mounts, or sources, than these are not looked at.
    private static let most = 1024

    private static func elements(_ list: JSONValue?) -> [JSONValue] {
        list.map { Array($0.elements.prefix(most)) } ?? []
    }

    private static func key(_ source: JSONValue) -> ContainerReferences.Key? {
        for (kind, member) in [
            (ObjectName.Kind.configMap, source["configMapKeyRef"]), (.secret, source["secretKeyRef"]),
        ] {
            guard let object = object(kind, member), let key = member?["key"]?.string else { continue }
            return ContainerReferences.Key(object: object, key: key)
        }
        return nil
    }

    private static func object(_ kind: ObjectName.Kind, _ reference: JSONValue?) -> ObjectName? {
        guard let name = reference?["name"]?.string, !name.isEmpty else { return nil }
        return ObjectName(kind: kind, name: name)
    }

    // MARK: - The way to a container

    private struct Step {
        let pointer: String
        let value: JSONValue
    }

    /// The values from the object to what a pointer leads to, as far as they are there.
    private mutating func way(to pointer: String) -> [Step] {
        var way = [Step(pointer: "", value: root)]
        let steps = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (name, step) in zip(JSONPointer.steps(of: pointer), steps) {
            guard let last = way.last else { break }
            let value: JSONValue?
            if last.value.kind == .array {
                let elements = elements(of: last)
                value = Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            } else {
                value = last.value.member(named: name)
            }
            guard let value else { return [] }
            way.append(Step(pointer: "\(last.pointer)/\(step)", value: value))
        }
        return way
    }

    private mutating func elements(of list: Step) -> [JSONValue] {
        if let known = lists[list.pointer] { return known }
        let elements = Array(list.value.elements)
        lists[list.pointer] = elements
        return elements
    }

    /// The index of a volume: the nearest one of this name in what the container stands in. A Pod's stand beside its
    /// containers, an Argo Workflow's further out.
    private mutating func volume(named name: String, for way: [Step]) -> Int {
        for step in way.dropLast().reversed() where step.value.kind == .object {
            guard let volume = volumes(of: step)[name] else { continue }
            let place = "\(step.pointer) \(name)"
            if let index = indices[place] { return index }
            let index = references.volumes.count
            indices[place] = index
            references.volumes.append(VolumeSource(volume))
            return index
        }
        if let index = indices[" "] { return index }
        let index = references.volumes.count
        indices[" "] = index
        references.volumes.append(.other("a volume that is not there"))
        return index
    }

    private mutating func volumes(of step: Step) -> [String: JSONValue] {
        if let known = volumes[step.pointer] { return known }
        var result: [String: JSONValue] = [:]
        if let list = step.value["volumes"], list.kind == .array {
            for volume in list.elements {
                if let name = volume["name"]?.string { result[name] = volume }
            }
        }
        volumes[step.pointer] = result
        return result
    }
}
