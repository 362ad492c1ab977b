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

    /// What starts a program without the superuser's capabilities, which nobody has in a container of the usual kind:
    /// what needs one fails where the tests run as root, too. Empty where they have none to begin with.
    private static let withoutCapabilities: [String] = {
        guard let path = Program.path(of: "setpriv") else { return [] }
        let options = ["--bounding-set=-all", "--inh-caps=-all"]
        let isPossible = (try? Program.run(path, options + ["true"]).status) == 0
        return isPossible ? [path] + options : []
    }()

    /// Runs it to its end, as a user without privileges would.
    /// - Parameter environment: changes of the tests' own variables.
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        directory: String? = nil,
        limit: Double = 60
    ) throws -> Completed {
        let words = withoutCapabilities + [path] + arguments
        return try Program.run(
            words[0], Array(words.dropFirst()), input: input,
            environment: Program.environment(environment), directory: directory, limit: limit)
    }
}
