import Foundation
import TestSupport

/// A shell script that was run to its end.
struct ShellScript {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameters:
    ///   - script: for `sh`; `$0` is the built executable.
    ///   - folder: where it runs.
    init(_ script: String, in folder: URL) throws {
        let result = try Program.run(
            "/bin/sh",
            ["-c", "cd \"$1\" && { \(script)\n}", BuiltExecutable.url.path, folder.path],
            limit: 120)
        status = result.status
        output = result.text
        errors = result.error
    }
}
