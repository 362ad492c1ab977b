import Catalogue
import JSON
import UWSGI

/// A Pod, or an object with a Pod template in it, as far as it is looked at.
package struct PodTemplate {
    let kind: PolicyEvaluator.Subject
    /// Of the object itself, for the audit log.
    package let metadata: PodMetadata
    /// Of the Pod that comes of it: the same, or the template's.
    let podMetadata: PodMetadata
    /// The names of all its containers, also of those that are not looked at.
    private let containerNames: [String]
    /// The containers that are looked at.
    var containers: [PodContainer]

    /// - Parameters:
    ///   - object: the whole object.
    ///   - path: the members that lead from the object to the Pod template; none for a Pod.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something is of the wrong kind.
    init(
        kind: PolicyEvaluator.Subject, in object: JSONValue, path: [StaticString]
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

    package func annotations(ceiling: Int) -> PodAnnotations {
        PodAnnotations(podMetadata, containers: containerNames, ceiling: ceiling)
    }

    /// The containers that run uWSGI.
    /// - Throws: ``AdmissionError`` of kind `overdue` when the time of the review is over before all are examined, and
    ///   of kind `tooLarge` when there are too many.
    func findings(
        _ detector: Detector, _ annotations: PodAnnotations, images: inout ImageLookups,
        budget: inout DetectionBudget
    ) throws(AdmissionError) -> [ExaminedContainer] {
        var findings: [ExaminedContainer] = []
        for index in containers.indices {
            let finding = finding(in: containers[index], detector, annotations, &images, &budget)
            guard !budget.isPastDeadline else {
                throw AdmissionError(
                    .overdue, "the time for this review was over before its containers were examined")
            }
            images.note(finding)
            guard finding.detection.runsUWSGI else { continue }
            guard findings.count < ReviewLimits.mostServers else {
                throw .tooMany("containers that run uWSGI", most: ReviewLimits.mostServers)
            }
            findings.append(finding)
        }
        return findings
    }

    /// All containers that are looked at, and what was found in each.
    /// - Parameter running: the digests of what really runs, by container.
    func allFindings(
        _ detector: Detector, _ annotations: PodAnnotations, catalogue: CatalogueStore?,
        running: [String: ImageDigest]
    ) -> [ExaminedContainer] {
        let bytes = containers.reduce(0) { $0 + $1.specification.textBytes }
        var budget = DetectionBudget(reviewBytes: bytes)
        var images = ImageLookups(catalogue, running: running)
        return containers.map { finding(in: $0, detector, annotations, &images, &budget) }
    }

    private func finding(
        in container: consuming PodContainer, _ detector: Detector, _ annotations: PodAnnotations,
        _ images: inout ImageLookups, _ budget: inout DetectionBudget
    ) -> ExaminedContainer {
        images.complete(&container, &budget)
        let declaration = annotations.declaration(for: container.name)
        return ExaminedContainer(container, declaration: declaration) {
            detector.detect($0, declaration: $1, budget: &budget)
        }
    }
}

extension PodTemplate {
    /// A Pod, or any object with a Pod template at a usual place; `nil` for another object.
    /// - Parameters:
    ///   - kind: what the object is.
    ///   - path: becomes the place of the template.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something in it is of the wrong kind.
    init?(anyOf object: JSONValue, kind: String, path: inout [StaticString]?) throws(AdmissionError) {
        if kind == "Pod" {
            path = []
            try self.init(kind: .pod, in: object, path: [])
            return
        }
        let place = Workload.usualTemplatePaths.first { path in
            let template = path.reduce(Optional(object)) { $0?[$1] }
            return template?["spec"]?["containers"]?.kind == .array
        }
        guard let place else { return nil }
        path = place
        try self.init(kind: .workload, in: object, path: place)
    }

    /// What Pods are made from somewhere else in an object.
    /// - Throws: ``AdmissionError`` of kind `malformed` when something in it is of the wrong kind.
    init(_ place: PodPlaces.Place, in object: JSONValue) throws(AdmissionError) {
        kind = .workload
        metadata = try PodMetadata(of: object, at: "object")
        podMetadata = try PodMetadata(of: place.template, at: "template")
        var containers: [PodContainer] = []
        for container in place.containers { containers.append(try PodContainer(container)) }
        self.containers = containers
        containerNames = containers.map(\.name)
    }
}
