import Foundation
import TestSupport

/// The executable as it was built beside these tests.
enum BuiltExecutable {
    static let url: URL = {
        // The tests' own program lies where the build has put all products.
        let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = products.appending(path: "uwsgi-max-fd")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: ".build/debug/uwsgi-max-fd")
    }()

    static var path: String { url.path }

    /// Runs it to its end.
    /// - Parameter environment: changes of the tests' own variables.
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        directory: String? = nil,
        limit: Double = 60
    ) throws -> Completed {
        try Program.run(
            path, arguments, input: input, environment: Program.environment(environment),
            directory: directory,
            limit: limit)
    }
}
