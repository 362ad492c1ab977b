import JSON
import UWSGI

/// A Pod, or an object with a Pod template in it, as far as it is looked at.
struct ExaminedObject {
    let kind: PolicyDecision.Subject
    /// Of the object itself, for the audit log.
    let metadata: PodMetadata
    /// Of the Pod that comes of it: the same, or the template's.
    private let podMetadata: PodMetadata
    /// The names of all its containers, also of those that are not looked at.
    private let containerNames: [String]
    /// The containers that are looked at.
    var containers: [PodContainer]

    /// - Parameters:
    ///   - object: the whole object.
    ///   - path: the members that lead from the object to the Pod template; none for a Pod.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something is of the wrong kind.
    init(
        kind: PolicyDecision.Subject, in object: JSONValue, path: [StaticString]
    ) throws(AdmissionError) {
        self.kind = kind
        metadata = try PodMetadata(of: object, at: "object")
        var template = object
        var pointer = ""
        for step in path {
            template = try template.requiredObject(step, in: "object" + pointer)
            pointer += "/\(step)"
        }
        podMetadata = path.isEmpty ? metadata : try PodMetadata(of: template, at: "object" + pointer)
        let specification = try template.requiredObject("spec", in: "object" + pointer)
        containers = try PodContainer.all(in: specification, pointer: pointer + "/spec")
        containerNames = containers.map(\.name)
    }

    func annotations(ceiling: Int) -> PodAnnotations {
        PodAnnotations(podMetadata, containers: containerNames, ceiling: ceiling)
    }

    /// The containers that run uWSGI.
    func findings(_ detector: Detector, _ annotations: PodAnnotations) -> [Finding] {
        containers.compactMap { container in
            let detection = detector.detect(
                container.specification, declaration: annotations.declaration(for: container.name))
            return detection.runsUWSGI ? Finding(container: container, detection: detection) : nil
        }
    }
}
