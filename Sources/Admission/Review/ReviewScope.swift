import JSON
import UWSGI

/// What of a request is to be examined, if anything.
package enum ReviewScope {
    /// Nothing, and why.
    case skip(SkipReason)
    case examine(PodTemplate)

    /// - Throws: ``AdmissionError`` of kind `malformed` when the object is not what its kind promises.
    package init(of request: AdmissionRequest) throws(AdmissionError) {
        if request.group.isEmpty, request.kind == "Pod" {
            self = try Self.pod(request)
        } else if let workload = Workload(group: request.group, kind: request.kind) {
            self = try Self.workload(workload, request)
        } else {
            self = .skip(.kindNotReviewed)
        }
    }

    private static func pod(_ request: AdmissionRequest) throws(AdmissionError) -> ReviewScope {
        switch (request.operation, request.subresource) {
        case ("CREATE", ""):
            let pod = try PodTemplate(kind: .pod, in: try request.presentObject(), path: [])
            if pod.metadata.isMirror {
                return .skip(.mirrorPod)
            }
            return .examine(pod)
        case ("UPDATE", "ephemeralcontainers"):
            var pod = try PodTemplate(kind: .pod, in: try request.presentObject(), path: [])
            let earlier = try request.ephemeralContainersBefore()
            // A running container cannot be changed; only what is being added can.
            pod.containers.removeAll { $0.role != .ephemeral || earlier.contains($0.name) }
            return .examine(pod)
        case ("UPDATE", _):
            return .skip(.runningPod)
        default:
            return .skip(.operation(request.operation))
        }
    }

    private static func workload(
        _ workload: Workload, _ request: AdmissionRequest
    ) throws(AdmissionError) -> ReviewScope {
        guard request.operation == "CREATE" || request.operation == "UPDATE", request.subresource.isEmpty
        else { return .skip(.operation(request.operation)) }
        return .examine(
            try PodTemplate(
                kind: .workload, in: try request.presentObject(), path: workload.templatePath))
    }
}

extension AdmissionRequest {
    fileprivate func presentObject() throws(AdmissionError) -> JSONValue {
        guard let object else {
            throw AdmissionError(.malformed, "request.object must be an object on \(operation)")
        }
        return object
    }

    fileprivate func ephemeralContainersBefore() throws(AdmissionError) -> Set<String> {
        guard let specification = try oldObject?.object("spec", in: "request.oldObject") else { return [] }
        var names: Set<String> = []
        for container in try specification.objects("ephemeralContainers", in: "request.oldObject.spec") {
            names.insert(try container.text("name", in: "request.oldObject.spec.ephemeralContainers"))
        }
        return names
    }
}
