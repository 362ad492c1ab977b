/// What every fuzz target shares: the input's bytes as choices and texts, and what has to hold of any detection.
struct FuzzInput {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index >= bytes.count }

    /// The next byte, or 0 when there is none left.
    mutating func byte() -> Int {
        guard index < bytes.count else { return 0 }
        defer { index += 1 }
        return Int(bytes[index])
    }

    mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[byte() % elements.count]
    }

    /// All that is left, as text.
    func rest() -> String { String(decoding: bytes[index...], as: UTF8.self) }
}

/// Runs a detection and checks what has to hold whatever the container is.
@discardableResult
func examine(_ container: ContainerSpecification, declaration: Declaration = .none) -> Detection {
    let detector = Detector(images: [ImagePattern("*fuzz*")])
    let detection = detector.detect(container, declaration: declaration)
    // One in sixteen is examined twice.
    if container.command.reduce(0, { $0 &+ $1.utf8.count }) % 16 == 0 {
        precondition(detection == detector.detect(container, declaration: declaration), "not deterministic")
    }
    precondition(detection.evidence.count <= 8, "too much evidence")
    for entry in detection.evidence + detection.details.hazards + detection.details.routers {
        precondition(entry.utf8.count <= 4096, "unbounded text")
        precondition(
            !entry.unicodeScalars.contains { $0.properties.generalCategory == .control }, "control character")
    }
    precondition(
        (detection.certainty == nil) == detection.evidence.isEmpty, "evidence does not fit certainty")
    if detection.runsUWSGI, let cure = detection.maxFD.cure {
        var cured = container
        switch cure {
        case .add:
            precondition(detection.maxFD.state == .unset)
            cured.environment.append(EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("65536")))
        case .replace(let index, let prefix):
            precondition(detection.maxFD.state == .ineffective || detection.maxFD.state == .harmful)
            cured.environment[index].value = .literal(prefix + "65536")
        }
        let again = detector.detect(cured, declaration: declaration)
        precondition(again.runsUWSGI, "the cure hides uWSGI")
    }
    return detection
}
