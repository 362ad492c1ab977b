import Basics
import JSON

/// What a review reads of an object's metadata. Strictly: the API server has validated it, so that what is of the wrong
/// kind is an error. A scan, whose documents may be anybody's, reads what it needs leniently (`ScannedObject`).
/// Source: Kubernetes `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`, `ObjectMeta`.
package struct PodMetadata {
    var name = ""
    var generateName = ""
    /// The controller, else the first owner, as `kind/name`; empty when there is none.
    var owner = ""
    /// The annotations of ours, by the part of their name behind the slash.
    var valueAnnotation: String?
    var containersAnnotation: String?
    /// Whether the kubelet made this object to show a static Pod, which no change reaches.
    var isMirror = false
    /// Whether its label asks policies to leave it alone; the chart's selectors read it, the webhook does not.
    var hasSkipLabel = false

    init() {}

    /// Reads `object.metadata`, which may be missing.
    init(of object: JSONValue, at path: String) throws(AdmissionError) {
        guard let metadata = try object.object("metadata", in: path) else { return }
        let place = "\(path).metadata"
        name = try metadata.text("name", in: place)
        generateName = try metadata.text("generateName", in: place)
        _ = try metadata.objects("ownerReferences", in: place)
        if let owner = metadata.controllingOwner {
            self.owner =
                try owner.text("kind", in: "\(place).ownerReferences") + "/"
                + owner.text("name", in: "\(place).ownerReferences")
        }
        hasSkipLabel = metadata["labels"]?[PublicNames.skipLabel]?.equals("true") == true
        if let annotations = try metadata.object("annotations", in: place) {
            let place = "\(place).annotations"
            if annotations[PublicNames.valueAnnotation] != nil {
                valueAnnotation = try annotations.text(PublicNames.valueAnnotation, in: place)
            }
            if annotations[PublicNames.containersAnnotation] != nil {
                containersAnnotation = try annotations.text(PublicNames.containersAnnotation, in: place)
            }
            isMirror = annotations["kubernetes.io/config.mirror"] != nil
        }
    }
}

extension JSONValue {
    /// Of an object's metadata: the reference to its controller, else to its first owner.
    package var controllingOwner: JSONValue? {
        guard let owners = self["ownerReferences"] else { return nil }
        var first: JSONValue?
        for owner in owners.elements where owner.kind == .object {
            if owner["controller"]?.bool == true { return owner }
            if first == nil { first = owner }
        }
        return first
    }
}
