import JSON
import UWSGI

extension PodContainer {
    /// Reads a container that an object of another API describes.
    /// - Throws: ``AdmissionError`` of kind `malformed`, with the place of what is of the wrong kind.
    init(_ found: PodPlaces.Container) throws(AdmissionError) {
        let read = try PodContainer(found.value, role: found.role, pointer: found.pointer)
        var specification = read.specification
        // Argo's `source` and Tekton's `script` are written to a file, and the command is given its name.
        for name in ["source", "script"] as [StaticString] {
            if let text = found.value[name]?.string, !text.isEmpty {
                specification.run(script: text)
            }
        }
        self.init(
            role: read.role, name: read.name.isEmpty ? found.fallbackName : read.name,
            specification: specification, pointer: read.pointer, hasEnvironment: read.hasEnvironment)
    }
}

extension ContainerSpecification {
    /// Makes the command one that runs a script: by its interpreter's `-c`, which does the same as a file.
    fileprivate mutating func run(script: String) {
        if command.isEmpty, script.hasPrefix("#!"), let line = script.split(separator: "\n").first {
            command = line.dropFirst(2).split { $0 == " " || $0 == "\t" }.map { String($0) }
        }
        if command.isEmpty { command = ["sh"] }
        arguments = ["-c", script]
    }
}
