import Basics
import JSON
import UWSGI

/// What has to be done to a container's variables so that max-fd is in force: one value, however it is written down.
/// A manifest's text is changed by `YAMLEdit`.
public struct EnvironmentChange: Hashable, Sendable {
    /// The variable to set.
    public let name: String
    public let value: String
    /// Which one it is of the container's variables; `nil` for one more.
    public let index: Int?
    /// Whether there is a list of variables.
    public let hasEnvironment: Bool
    /// Whether another variable has the same name, so that it cannot be addressed by name.
    public let isAmbiguous: Bool
    /// Where the container stands in its object, as a JSON Pointer.
    private let container: String
    private let containerName: String
    private let isInitContainer: Bool

    /// `nil` when no change of the variables helps, or none is needed.
    /// - Parameter maxFD: the max-fd to set, in file descriptors.
    public init?(_ finding: borrowing ExaminedContainer, maxFD: Int) {
        guard let cure = finding.detection.maxFD.cure else { return nil }
        let variables = finding.container.specification.environment
        switch cure {
        case .add:
            name = PublicNames.variable
            value = String(maxFD)
            index = nil
            isAmbiguous = false
        case .replace(let index, let prefix):
            let name = variables.indices.contains(index) ? variables[index].name : PublicNames.variable
            self.name = name
            value = prefix + String(maxFD)
            self.index = index
            isAmbiguous = variables.count { $0.name == name } > 1
        }
        hasEnvironment = finding.container.hasEnvironment
        container = finding.container.pointer
        containerName = finding.container.name
        isInitContainer = finding.container.role == .`init` || finding.container.role == .sidecar
    }

    /// As an operation of a JSON Patch (RFC 6902) of the object.
    public var operation: PatchOperation {
        if let index { return .setValue(pointer: "\(container)/env/\(index)/value", value: value) }
        return hasEnvironment
            ? .appendVariable(pointer: "\(container)/env/-", name: name, value: value)
            : .addEnvironment(pointer: "\(container)/env", name: name, value: value)
    }

    /// As a strategic merge patch of a workload of Kubernetes itself, on one line. Containers and variables are
    /// merged by their names.
    /// Source: Kubernetes `staging/src/k8s.io/api/core/v1/types.go`, `patchMergeKey`.
    public func strategicPatch(of workload: Workload) -> String {
        var json = JSONWriter()
        for step in workload.templatePath + ["spec"] {
            json.begin(.object)
            json.name(step)
        }
        json.object { json in
            json.name(isInitContainer ? "initContainers" : "containers")
            json.array { json in
                json.object { json in
                    json.member("name", containerName)
                    json.name("env")
                    json.array { json in
                        json.object { json in
                            json.member("name", name)
                            json.member("value", value)
                        }
                    }
                }
            }
        }
        for _ in workload.templatePath + ["spec"] { json.end(.object) }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
