import Admission
import JSON

/// Which object is meant.
struct ObjectReference: Hashable, Sendable {
    var namespace: String
    var kind: String
    var name: String
}

/// What a scan reads of an object beside its containers. Foreign documents are read leniently: what is of another
/// kind than expected counts as missing.
/// Source: Kubernetes `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`, `ObjectMeta`.
struct ScannedObject {
    let reference: ObjectReference
    let apiVersion: String
    /// The cluster's own name for it; `nil` where it has none yet.
    let uid: ObjectUID?
    /// The controller, else the first owner.
    let owner: ObjectReference?
    /// The object that its manifest stands in, as `kind/name`; empty where that is not an object but a list.
    let holder: String
    /// `nil` once it has been let go, so that an object can wait without its document.
    private var value: JSONValue?
    private var countedPods: PodCount?

    init(_ found: ManifestObject) {
        let value = found.value
        self.value = value
        holder = found.holder
        let kind = found.kind
        let metadata = value["metadata"]
        let namespace = metadata?["namespace"]?.string ?? ""
        let name = metadata?["name"]?.string ?? ""
        let generateName = metadata?["generateName"]?.string ?? ""
        reference = ObjectReference(
            namespace: namespace, kind: kind,
            name: name.isEmpty && !generateName.isEmpty ? generateName + "*" : name)
        apiVersion = value["apiVersion"]?.string ?? ""
        uid = metadata?["uid"]?.string.flatMap { ObjectUID($0) }
        owner = Self.owner(in: metadata, of: reference)
    }

    private static func owner(in metadata: JSONValue?, of object: ObjectReference) -> ObjectReference? {
        guard let owner = metadata?.controllingOwner, let kind = owner["kind"]?.string,
            let name = owner["name"]?.string, !kind.isEmpty, !name.isEmpty
        else { return nil }
        if object.kind == "Pod", kind == "ReplicaSet",
            let deployment = deployment(of: name, hash: metadata?["labels"]?["pod-template-hash"]?.string)
        {
            return ObjectReference(namespace: object.namespace, kind: "Deployment", name: deployment)
        }
        return ObjectReference(namespace: object.namespace, kind: kind, name: name)
    }

    /// The Deployment that a ReplicaSet belongs to, where the label proves it: the Deployment controller names a
    /// ReplicaSet after itself and the hash in the label.
    /// Source: Kubernetes `pkg/controller/deployment/sync.go`, `getNewReplicaSet`.
    private static func deployment(of replicaSet: String, hash: String?) -> String? {
        guard let hash, !hash.isEmpty, replicaSet.hasSuffix("-" + hash) else { return nil }
        let name = replicaSet.dropLast(hash.count + 1)
        return name.isEmpty ? nil : String(name)
    }
}

extension ScannedObject {
    var isPod: Bool { reference.kind == "Pod" }

    var isNode: Bool { reference.kind == "Node" && (apiVersion.isEmpty || apiVersion == "v1") }

    /// The node that a Pod runs on; `nil` where the scheduler has not chosen one.
    var nodeName: String? {
        value?["spec"]?["nodeName"]?.string.flatMap { $0.isEmpty ? nil : String($0.prefix(253)) }
    }

    /// What the API server says when it answers a request with an error.
    /// Source: Kubernetes `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`, `Status`.
    var failure: String? {
        guard reference.kind == "Status", let value, value["status"]?.equals("Failure") == true else {
            return nil
        }
        return value["message"]?.string ?? value["reason"]?.string ?? ""
    }

    /// Whether it is only kept to look back at: a ReplicaSet that a rollout has emptied, a Pod or an Argo Workflow
    /// that has ended.
    var isHistory: Bool {
        guard owner != nil, let value else { return false }
        switch reference.kind {
        case "ReplicaSet": return value["spec"]?["replicas"]?.integer == 0
        case "Pod", "Workflow":
            let phase = value["status"]?["phase"]
            return phase?.equals("Succeeded") == true || phase?.equals("Failed") == true
                || phase?.equals("Error") == true
        default: return false
        }
    }

    /// How many Pods it stands for.
    var pods: PodCount {
        if let countedPods { return countedPods }
        guard let value else { return PodCount(1, isEstimate: true) }
        let count = Workload.podCount(of: value, kind: reference.kind, apiVersion: apiVersion)
        return PodCount(count.number, isEstimate: count.isEstimate)
    }

    /// The same without the document that it came from, for what waits.
    var detached: ScannedObject {
        var copy = self
        copy.countedPods = pods
        copy.value = nil
        return copy
    }
}

/// How many Pods there are.
struct PodCount: Hashable, Sendable {
    /// From 0 to a million, so that what is computed with it cannot overflow.
    var number: Int
    /// Whether the number is the least there can be, because the object does not say.
    var isEstimate: Bool

    init(_ number: Int, isEstimate: Bool = false) {
        self.number = min(max(number, 0), 1_000_000)
        self.isEstimate = isEstimate
    }
}

/// An object's UID (RFC 9562), as two words.
struct ObjectUID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// `nil` when the text is not a UUID.
    init?(_ text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32,
            let high = UInt64(String(decoding: digits.prefix(16), as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: digits.suffix(16), as: UTF8.self), radix: 16)
        else { return nil }
        self.high = high
        self.low = low
    }
}
