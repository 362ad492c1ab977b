/// The files of a container that somebody has read beforehand: from an image, or from a ConfigMap.
public struct KnownFiles: Sendable, Hashable {
    /// What is known of a path.
    public enum Answer: Sendable, Hashable {
        case text(String)
        /// There is no such file.
        case absent
        case unknown
    }

    private var answers: [String: Answer]

    /// - Parameter answers: by absolute path; every other one is unknown.
    public init(_ answers: [String: Answer] = [:]) { self.answers = answers }

    public subscript(path: String) -> Answer {
        get { answers.isEmpty ? .unknown : answers[path] ?? .unknown }
        set { answers[path] = newValue }
    }

    /// How long the texts and their paths are, in bytes.
    var textBytes: Int {
        answers.reduce(0) { bytes, file in
            if case .text(let text) = file.value { return bytes + file.key.utf8.count + text.utf8.count }
            return bytes + file.key.utf8.count
        }
    }

    /// Whether nothing is known of any file.
    public var isEmpty: Bool { answers.isEmpty }
}
