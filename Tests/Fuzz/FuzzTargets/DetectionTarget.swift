@testable import UWSGI

/// Whole containers: one field a line, its kind the first letter.
func fuzzDetection(_ bytes: [UInt8]) throws {
    let input = FuzzInput(bytes)
    var container = ContainerSpecification(image: "registry.example.com/fuzz:1")
    var declaration = Declaration.none
    for line in input.rest().split(separator: "\n") {
        let text = String(line.dropFirst())
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        switch line.first {
        case "c": container.command.append(text)
        case "a": container.arguments.append(text)
        case "e":
            container.environment.append(
                EnvironmentVariable(name: parts[0], value: .literal(parts.count > 1 ? parts[1] : "")))
        case "r": container.environment.append(EnvironmentVariable(name: text, value: .reference))
        case "f": container.environmentSources.append(EnvironmentSource(prefix: text))
        case "m": container.mounts.append(Mount(path: parts[0], subPath: parts.count > 1 ? parts[1] : ""))
        case "i": container.image = text
        case "d": declaration = .runsUWSGI
        default: break
        }
    }
    try examine(container, declaration: declaration)
}
