import Foundation
import Glibc

/// A shell script that was run to its end, and the most memory that one of its processes took.
struct MeasuredProgram {
    let status: Int32
    let output: String
    let errors: String
    /// The largest resident set of a process, in bytes.
    let peak: Int

    struct NotStarted: Error {
        let code: Int32
    }

    /// - Parameters:
    ///   - script: for `sh`; `$0` is the built executable.
    ///   - folder: where it runs.
    init(_ script: String, in folder: URL) throws {
        let (output, errors) = (folder.appending(path: ".out"), folder.appending(path: ".err"))
        let arguments = [
            "sh", "-c", "cd \"$1\" && { \(script)\n} >.out 2>.err", BuiltExecutable.url.path, folder.path,
        ]
        // Owned here, and freed below: posix_spawn(3) reads them only while it is called.
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", nil, nil, &pointers, environ)
        guard code == 0 else { throw NotStarted(code: code) }
        var ending: Int32 = 0
        var usage = rusage()
        // The usage of a process counts in those that it has waited for: wait4(2).
        while wait4(child, &ending, 0, &usage) < 0, errno == EINTR {}
        status = ending & 0x7F == 0 ? ending >> 8 & 0xFF : -1
        peak = usage.ru_maxrss << 10
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.errors = try String(contentsOf: errors, encoding: .utf8)
    }
}
