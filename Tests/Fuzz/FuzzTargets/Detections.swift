@testable import UWSGI

/// Runs a detection and checks what has to hold whatever the container is.
@discardableResult
func examine(_ container: ContainerSpecification, declaration: Declaration = .none) throws -> Detection {
    let detector = Detector(images: [ImagePattern("*fuzz*")])
    let detection = detector.detect(container, declaration: declaration)
    // One in sixteen is examined twice.
    if container.command.reduce(0, { $0 &+ $1.utf8.count }) % 16 == 0 {
        try require(detection == detector.detect(container, declaration: declaration), "not deterministic")
    }
    try require(detection.evidence.count <= 8, "too much evidence")
    for entry in detection.evidence + detection.details.hazards + detection.details.routers {
        try require(entry.utf8.count <= 4096, "unbounded text")
        try require(
            !entry.unicodeScalars.contains { $0.properties.generalCategory == .control }, "control character")
    }
    try require(
        (detection.certainty == nil) == detection.evidence.isEmpty, "evidence does not fit certainty")
    if detection.runsUWSGI, let cure = detection.maxFD.cure {
        var cured = container
        switch cure {
        case .add:
            try require(detection.maxFD.state == .unset, "added to what is set")
            cured.environment.append(EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("65536")))
        case .replace(let index, let prefix):
            try require(
                detection.maxFD.state == .ineffective || detection.maxFD.state == .harmful,
                "a good value is replaced")
            cured.environment[index].value = .literal(prefix + "65536")
        }
        let again = detector.detect(cured, declaration: declaration)
        try require(again.runsUWSGI, "the cure hides uWSGI")
    }
    return detection
}
