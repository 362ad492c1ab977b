import JSON
import UWSGI

/// One container of a Pod or of a Pod template.
public struct PodContainer: Sendable, Hashable {
    /// What a container is for in its Pod; the names are those of the audit log.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        case container
        /// Runs to its end before the others start.
        case `init`
        /// An init container with `restartPolicy: Always`, which goes on running beside the others.
        case sidecar
        /// Added to a running Pod for debugging.
        case ephemeral
    }

    public let role: Role
    public let name: String
    public package(set) var specification: ContainerSpecification
    /// Where it stands in the object, as a JSON Pointer (RFC 6901): `/spec/containers/0`.
    public let pointer: String
    /// Whether it has a list of variables that a patch can append to.
    public let hasEnvironment: Bool
    /// The command of its `postStart` hook; empty when there is none.
    public var postStart: [String] = []
}

extension PodContainer {
    /// Reads all containers of a Pod specification.
    /// - Parameters:
    ///   - specification: the `spec` of a Pod.
    ///   - pointer: where `specification` stands in its object, as a JSON Pointer.
    /// - Throws: ``AdmissionError`` of kind `malformed`, with the place of what is of the wrong kind.
    static func all(in specification: JSONValue, pointer: String) throws(AdmissionError) -> [PodContainer] {
        var result: [PodContainer] = []
        for (index, container) in try specification.objects("initContainers", in: pointer).enumerated() {
            let isSidecar = container["restartPolicy"]?.equals("Always") == true
            result.append(
                try PodContainer(
                    container, role: isSidecar ? .sidecar : .`init`,
                    pointer: "\(pointer)/initContainers/\(index)"))
        }
        for (index, container) in try specification.objects("containers", in: pointer).enumerated() {
            result.append(
                try PodContainer(container, role: .container, pointer: "\(pointer)/containers/\(index)"))
        }
        for (index, container) in try specification.objects("ephemeralContainers", in: pointer).enumerated() {
            result.append(
                try PodContainer(
                    container, role: .ephemeral, pointer: "\(pointer)/ephemeralContainers/\(index)"))
        }
        return result
    }

    init(_ container: JSONValue, role: Role, pointer: String) throws(AdmissionError) {
        self.role = role
        self.pointer = pointer
        name = try container.text("name", in: pointer)
        let environment = try Self.environment(of: container, at: pointer)
        hasEnvironment = environment != nil
        postStart = try Self.postStart(of: container, at: pointer)
        specification = ContainerSpecification(
            image: try container.text("image", in: pointer),
            command: try container.texts("command", in: pointer),
            arguments: try container.texts("args", in: pointer),
            environment: environment ?? [],
            environmentSources: try Self.environmentSources(of: container, at: pointer),
            mounts: try Self.mounts(of: container, at: pointer),
            workingDirectory: try container.text("workingDir", in: pointer))
    }

    private static func postStart(
        of container: JSONValue, at pointer: String
    ) throws(AdmissionError) -> [String] {
        guard let lifecycle = try container.object("lifecycle", in: pointer),
            let hook = try lifecycle.object("postStart", in: "\(pointer)/lifecycle"),
            let exec = try hook.object("exec", in: "\(pointer)/lifecycle/postStart")
        else { return [] }
        return try exec.texts("command", in: "\(pointer)/lifecycle/postStart/exec")
    }

    /// The variables, index for index as in the object; `nil` when there is no list.
    private static func environment(
        of container: JSONValue, at pointer: String
    ) throws(AdmissionError) -> [EnvironmentVariable]? {
        guard let list = try container.list("env", in: pointer) else { return nil }
        var result: [EnvironmentVariable] = []
        result.reserveCapacity(list.underestimatedCount)
        for (index, variable) in list.enumerated() {
            let name = try variable.text("name", in: "\(pointer)/env/\(index)")
            if let reference = variable["valueFrom"], !reference.isNull {
                result.append(EnvironmentVariable(name: name, value: .reference))
            } else {
                let value = try variable.text("value", in: "\(pointer)/env/\(index)")
                result.append(EnvironmentVariable(name: name, value: .literal(value)))
            }
        }
        return result
    }

    private static func environmentSources(
        of container: JSONValue, at pointer: String
    ) throws(AdmissionError) -> [EnvironmentSource] {
        var result: [EnvironmentSource] = []
        for (index, source) in try container.objects("envFrom", in: pointer).enumerated() {
            let prefix = try source.text("prefix", in: "\(pointer)/envFrom/\(index)")
            result.append(EnvironmentSource(prefix: prefix))
        }
        return result
    }

    private static func mounts(of container: JSONValue, at pointer: String) throws(AdmissionError) -> [Mount]
    {
        let mounts = try container.objects("volumeMounts", in: pointer)
        var result: [Mount] = []
        result.reserveCapacity(mounts.count)
        for (index, mount) in mounts.enumerated() {
            let subPath = try mount.text("subPath", in: "\(pointer)/volumeMounts/\(index)")
            let path = try mount.text("mountPath", in: "\(pointer)/volumeMounts/\(index)")
            let expression =
                subPath.isEmpty
                ? try mount.text("subPathExpr", in: "\(pointer)/volumeMounts/\(index)") : subPath
            result.append(Mount(path: path, subPath: expression))
        }
        return result
    }
}
