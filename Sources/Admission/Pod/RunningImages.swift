import Catalogue
import JSON

/// What a container runtime says that really runs, whatever tag a Pod names.
public enum RunningImages {
    /// The digests of a Pod's images, by the name of the container (`status.containerStatuses[].imageID`).
    ///
    /// Only for objects that come from a cluster: who creates a Pod may write any status into it.
    public static func digests(of pod: JSONValue) -> [String: ImageDigest] {
        var digests: [String: ImageDigest] = [:]
        let lists =
            ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] as [StaticString]
        for list in lists {
            guard let statuses = pod["status"]?[list] else { continue }
            for status in statuses.elements {
                // docker-pullable://NAME@DIGEST, NAME@DIGEST, or only a digest.
                guard let name = status["name"]?.string, let text = status["imageID"]?.string,
                    let digest = ImageDigest(String(text.split(separator: "@").last ?? ""))
                else { continue }
                digests[name] = digest
            }
        }
        return digests
    }
}
