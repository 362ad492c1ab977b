import Admission
import JSON
import UWSGI

/// What the containers of an object take from ConfigMaps, Secrets and other volumes: which object, which key, where.
///
/// Volumes stand here once, however often they are mounted, and without their names: the kubelet's own volume has
/// another name in every Pod.
struct ObjectReferences: Hashable, Sendable {
    /// What is mounted, in the order of its first mount.
    var volumes: [VolumeSource] = []
    /// By the container's place in the object, as a JSON Pointer.
    var containers: [String: ContainerReferences] = [:]

    /// Every ConfigMap and Secret that is referred to.
    var objects: Set<ObjectName> {
        var result: Set<ObjectName> = []
        for case .objects(let projections, _) in volumes { result.formUnion(projections.map(\.object)) }
        for container in containers.values { result.formUnion(container.objects) }
        return result
    }

    /// Whether nothing that could be read or named is referred to.
    var isEmpty: Bool { containers.values.allSatisfy { $0.mounts.isEmpty && $0.objects.isEmpty } }
}

/// A ConfigMap or Secret, as those of its own namespace name it.
struct ObjectName: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case configMap = "ConfigMap"
        case secret = "Secret"
    }

    var kind: Kind
    var name: String

    var description: String { "\(kind.rawValue)/\(name)" }
}

/// What one container takes from elsewhere.
struct ContainerReferences: Hashable, Sendable {
    /// A volume's place in the container.
    struct Mount: Hashable, Sendable {
        /// Absolute, without a slash at its end; empty for the root.
        var path: String
        /// Which file or folder of the volume appears there; empty for the whole volume.
        var subPath: String
        /// Whether `subPath` depends on variables (`subPathExpr`).
        var isExpression: Bool
        /// The volume's index among ``ObjectReferences/volumes``.
        var volume: Int
    }

    /// One key of an object (`valueFrom`).
    struct Key: Hashable, Sendable {
        var object: ObjectName
        var key: String
    }

    /// All keys of an object (`envFrom`).
    struct Source: Hashable, Sendable {
        /// `nil` for one of a kind that is not known.
        var object: ObjectName?
        var prefix: String
    }

    var mounts: [Mount] = []
    /// By the variable's index in `env`.
    var variables: [Int: Key] = [:]
    var sources: [Source] = []

    /// What the variables come from.
    var objects: Set<ObjectName> {
        Set(variables.values.map(\.object)).union(sources.compactMap(\.object))
    }
}
