import JSON

/// What is read of an object's metadata.
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
        let owners = try metadata.objects("ownerReferences", in: place)
        if let owner = owners.first(where: { $0["controller"]?.bool == true }) ?? owners.first {
            self.owner =
                try owner.text("kind", in: "\(place).ownerReferences") + "/"
                + owner.text("name", in: "\(place).ownerReferences")
        }
        hasSkipLabel = metadata["labels"]?["uwsgi-max-fd/skip"]?.equals("true") == true
        if let annotations = try metadata.object("annotations", in: place) {
            let place = "\(place).annotations"
            if annotations["uwsgi-max-fd/value"] != nil {
                valueAnnotation = try annotations.text("uwsgi-max-fd/value", in: place)
            }
            if annotations["uwsgi-max-fd/containers"] != nil {
                containersAnnotation = try annotations.text("uwsgi-max-fd/containers", in: place)
            }
            isMirror = annotations["kubernetes.io/config.mirror"] != nil
        }
    }
}
