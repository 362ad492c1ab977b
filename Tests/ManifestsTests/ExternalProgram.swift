import Foundation

/// A program beside the product that a test lets judge what the product writes.
struct ExternalProgram {
    private let path: String

    /// - Parameter names: the program's names, of which the first that is in PATH is taken; `nil` when none is.
    init?(_ names: String...) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let candidates = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            return nil
        }
        self.path = path
    }

    /// Runs it to its end.
    /// - Returns: what it wrote on both its outputs, and how it ended.
    func run(_ arguments: [String]) throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    static let xmllint = ExternalProgram("xmllint")
    static let chromium = ExternalProgram("chromium", "chromium-browser")
    /// A Python that has the package `jsonschema`.
    static let jsonschema: ExternalProgram? = {
        for name in ["python3", "/usr/bin/python3"] {
            let python = name.hasPrefix("/") ? ExternalProgram(path: name) : ExternalProgram(name)
            let isFit = try? python?.run(["-c", "import jsonschema"]).status == 0
            if isFit == true { return python }
        }
        return nil
    }()

    private init?(path: String) {
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        self.path = path
    }
}

/// A folder that is there while a test runs.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "uwsgi-max-fd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file, and says where.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file.path
    }
}
