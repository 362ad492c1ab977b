import Foundation

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
}

/// What a program left behind when it ended.
struct Completed {
    let status: Int32
    let output: [UInt8]
    let error: String

    var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs programs to their end.
enum Program {
    struct TimedOut: Error {
        let program: String
    }

    /// - Parameter limit: how long it may take, in seconds; then it is killed.
    static func run(
        _ program: URL, _ arguments: [String], input: [UInt8] = [], limit: Double = 30,
        environment: [String: String] = [:]
    ) throws -> Completed {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        // All three at once: a program that waits for one of them must not be waited for at another.
        let output = Collector(stdout.fileHandleForReading)
        let error = Collector(stderr.fileHandleForReading)
        DispatchQueue.global().async {
            try? stdin.fileHandleForWriting.write(contentsOf: Data(input))
            try? stdin.fileHandleForWriting.close()
        }
        let watchdog = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGTERM {
            throw TimedOut(program: program.path)
        }
        return Completed(
            status: process.terminationStatus, output: output.wait(),
            error: String(decoding: error.wait(), as: UTF8.self))
    }

    /// Runs a program that is found on the PATH.
    static func run(
        named name: String, _ arguments: [String], input: [UInt8] = [], limit: Double = 30
    ) throws -> Completed {
        try run(URL(filePath: "/usr/bin/env"), [name] + arguments, input: input, limit: limit)
    }

    /// Whether a program is on the PATH.
    static func exists(_ name: String) -> Bool {
        (try? run(URL(filePath: "/bin/sh"), ["-c", "command -v \(name)"]))?.status == 0
    }
}

/// Reads a pipe to its end on a thread of its own.
final class Collector: @unchecked Sendable {
    // Written by the reading thread before it leaves the group, read by others after they have waited for that.
    private var bytes: [UInt8] = []
    private let group = DispatchGroup()

    init(_ handle: FileHandle) {
        group.enter()
        Thread.detachNewThread { [self] in
            bytes = Array((try? handle.readToEnd()) ?? Data())
            group.leave()
        }
    }

    func wait() -> [UInt8] {
        group.wait()
        return bytes
    }
}
