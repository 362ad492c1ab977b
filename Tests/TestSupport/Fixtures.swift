import Foundation

/// The recorded admission reviews and the corpus of containers.
public enum Fixtures {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    /// The names of all recorded reviews, such as `openedx-lms.pod`.
    public static let reviewNames: [String] = {
        let reviews = folder.appending(path: "admission-reviews").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: reviews)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    /// A recorded review, byte for byte as the API server sent it.
    public static func review(_ name: String) throws -> [UInt8] {
        try file("admission-reviews/\(name).json")
    }

    /// A file below `Tests/Fixtures`.
    public static func file(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }

    /// Writes a file below `Tests/Fixtures`, for the tests that can renew what they expect.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: folder.appending(path: path))
    }

    /// The containers of the corpus.
    public static func corpus() throws -> [JSONTree] {
        try JSONTree(file("corpus.json")).array ?? []
    }
}
