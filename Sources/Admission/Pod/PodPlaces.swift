import JSON

/// Finds what Pods are made from in objects of whatever API: Argo's Workflows, KServe's and Seldon's models, Spark's
/// and Ray's applications, and all others that hold something which looks like containers.
///
/// A container is an object that has an image and something else of a container's. The ones that stand in one object
/// are taken for one Pod's.
public struct PodPlaces {
    /// Containers that run in one Pod.
    struct Place {
        /// The object with a `metadata` for the Pod, if it has any.
        let template: JSONValue
        /// In the order of the object.
        var containers: [Container] = []
    }

    /// Something that looks like a container.
    struct Container {
        let value: JSONValue
        let role: PodContainer.Role
        /// Where it stands, as a JSON Pointer.
        let pointer: String
        /// What it is called, should it have no name: after what it stands in.
        let fallbackName: String
    }

    private(set) var places: [Place] = []
    /// The manifests of other objects that stand in the object, as in Crossplane's Object, each with its place.
    private var manifests: [(pointer: String, value: JSONValue)] = []
    /// How many values may still be looked at.
    private var valuesLeft = 100_000

    /// Deeper than this nothing is looked for.
    private static let deepest = 24

    /// Where something stands.
    private struct Position {
        let pointer: String
        /// The last step of the pointer that is not an index, or else the name of the element that it leads through.
        let name: String
        let depth: Int
        /// The object around it.
        let parent: JSONValue?
    }

    /// - Parameters:
    ///   - kind: what the object is.
    ///   - path: where its Pod template stands that is known already.
    init(in object: JSONValue, kind: String, except path: [StaticString]? = nil) {
        let isOfKubernetes = Self.isOfKubernetes(object["apiVersion"]?.string ?? "", kind: kind)
        guard object.kind == .object, !isOfKubernetes else { return }
        let known = path.map { $0.reduce("") { $0 + "/\($1)" } }
        let root = Position(pointer: "", name: kind, depth: 0, parent: nil)
        walk(object, at: root, known: known)
    }

    /// The manifests of other objects that an object holds.
    /// - Parameter kind: what the object is.
    public static func manifests(in object: JSONValue, kind: String) -> [(pointer: String, value: JSONValue)]
    {
        PodPlaces(in: object, kind: kind).manifests
    }

    /// Whether all of an object's kind is known: what Kubernetes itself serves makes Pods only from what
    /// ``Workload`` lists. Definitions of resources describe containers and have none.
    private static func isOfKubernetes(_ apiVersion: String, kind: String) -> Bool {
        guard !apiVersion.isEmpty else { return Workload(kind: kind, apiVersion: "") != nil }
        let group = Workload.group(of: apiVersion)
        return ["", "apps", "batch", "autoscaling", "policy", "extensions"].contains(group)
            || group.hasSuffix(".k8s.io")
    }

    // MARK: - The walk

    private mutating func walk(_ value: JSONValue, at position: Position, known: String?) {
        guard position.depth <= Self.deepest, position.pointer != known else { return }
        switch value.kind {
        case .array:
            for (index, element) in value.elements.enumerated() {
                guard spend() else { return }
                guard element.kind == .object || element.kind == .array else { continue }
                let name = element["name"]?.string ?? position.name
                walk(
                    element,
                    at: Position(
                        pointer: "\(position.pointer)/\(index)", name: name, depth: position.depth + 1,
                        parent: nil), known: known)
            }
        case .object:
            if position.depth > 0, Self.isManifest(value) {
                manifests.append((position.pointer, value))
            } else {
                look(into: value, at: position, known: known)
            }
        default: return
        }
    }

    private mutating func look(into object: JSONValue, at position: Position, known: String?) {
        // A Pod specification's metadata stands beside it, in the template.
        let isSpecification = position.pointer.hasSuffix("/spec")
        var place = Place(template: isSpecification ? position.parent ?? object : object)
        var rest: [(name: String, value: JSONValue)] = []
        for (name, member) in object.members {
            guard spend() else { return }
            // What runs already is reported by its Pods.
            if position.depth == 0, name == "status" || name == "metadata" { continue }
            let pointer = "\(position.pointer)/\(JSONPointer.escaped(name))"
            if let role = Self.role(ofList: name, member) {
                place.containers += Self.containers(of: member, role: role, pointer: pointer)
                continue
            }
            if Self.isContainer(member) {
                let own = ["container", "script"].contains(name) ? position.name : name
                place.containers.append(
                    Container(value: member, role: .container, pointer: pointer, fallbackName: own))
            }
            if member.kind == .object || member.kind == .array { rest.append((name, member)) }
        }
        if !place.containers.isEmpty { places.append(place) }
        for (name, member) in rest {
            walk(
                member,
                at: Position(
                    pointer: "\(position.pointer)/\(JSONPointer.escaped(name))", name: name,
                    depth: position.depth + 1, parent: object), known: known)
        }
    }

    private mutating func spend() -> Bool {
        valuesLeft -= 1
        return valuesLeft > 0
    }

    private static func containers(
        of list: JSONValue, role: PodContainer.Role, pointer: String
    ) -> [Container] {
        list.elements.enumerated().map { index, value in
            let isSidecar = role == .`init` && value["restartPolicy"]?.equals("Always") == true
            return Container(
                value: value, role: isSidecar ? .sidecar : role, pointer: "\(pointer)/\(index)",
                fallbackName: String(index))
        }
    }

    // MARK: - What looks like what

    private static func isManifest(_ object: JSONValue) -> Bool {
        object["apiVersion"]?.kind == .string && object["kind"]?.kind == .string
            && (object["metadata"]?.kind == .object || object["spec"]?.kind == .object)
    }

    /// What the containers of a list are for; `nil` when it does not hold containers.
    private static func role(ofList name: String, _ list: JSONValue) -> PodContainer.Role? {
        guard list.kind == .array, list.elements.contains(where: isContainer) else {
            return nil
        }
        switch name {
        case "initContainers": return .`init`
        case "ephemeralContainers": return .ephemeral
        default: return .container
        }
    }

    private static func isContainer(_ value: JSONValue) -> Bool {
        guard value.kind == .object, value["image"]?.kind == .string else { return false }
        return value["command"] != nil || value["args"] != nil || value["env"]?.kind == .array
            || value["envFrom"]?.kind == .array || value["volumeMounts"]?.kind == .array
            || value["ports"]?.kind == .array || value["resources"]?.kind == .object
            || value["source"]?.kind == .string || value["script"]?.kind == .string
            || value["imagePullPolicy"]?.kind == .string
    }
}
