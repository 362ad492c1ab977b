import Glibc

/// Ends the run with a message: an optimised `precondition` would say nothing.
func require(_ condition: Bool, _ message: @autoclosure () -> String = "broken promise") {
    if condition { return }
    let text = Array((message() + "\n").utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
}

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
        require(detection == detector.detect(container, declaration: declaration), "not deterministic")
    }
    require(detection.evidence.count <= 8, "too much evidence")
    for entry in detection.evidence + detection.details.hazards + detection.details.routers {
        require(entry.utf8.count <= 4096, "unbounded text")
        require(
            !entry.unicodeScalars.contains { $0.properties.generalCategory == .control }, "control character")
    }
    require(
        (detection.certainty == nil) == detection.evidence.isEmpty, "evidence does not fit certainty")
    if detection.runsUWSGI, let cure = detection.maxFD.cure {
        var cured = container
        switch cure {
        case .add:
            require(detection.maxFD.state == .unset)
            cured.environment.append(EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("65536")))
        case .replace(let index, let prefix):
            require(detection.maxFD.state == .ineffective || detection.maxFD.state == .harmful)
            cured.environment[index].value = .literal(prefix + "65536")
        }
        let again = detector.detect(cured, declaration: declaration)
        require(again.runsUWSGI, "the cure hides uWSGI")
    }
    return detection
}
