import Foundation

/// What a program left behind when it ended.
public struct Completed: Sendable {
    public let ending: ChildProcess.Ending
    public let output: [UInt8]
    public let error: String

    public var text: String { String(decoding: output, as: UTF8.self) }

    /// The exit status, or as a shell tells it, 128 and the number of the signal that ended it.
    public var status: Int32 {
        switch ending {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        }
    }
}

/// Runs programs to their end: the one place from which tests do.
public enum Program {
    public struct TimedOut: Error {
        public let program: String
    }

    /// The tests' own variables, with some changed.
    public static func environment(_ changes: [String: String] = [:]) -> [String: String] {
        ProcessInfo.processInfo.environment.merging(changes) { $1 }
    }

    /// Runs a program that is given by its path.
    /// - Parameters:
    ///   - input: what it reads on standard input; it need not read any of it.
    ///   - environment: all that it gets.
    ///   - limit: how long it may take, in seconds; then it is killed.
    public static func run(
        _ path: String, _ arguments: [String], input: [UInt8] = [],
        environment: [String: String] = environment(), directory: String? = nil, limit: Double = 60
    ) throws -> Completed {
        let (stdin, stdout, stderr) = (try DescriptorPair(), try DescriptorPair(), try DescriptorPair())
        let process = try ChildProcess(
            path, arguments, environment: environment, directory: directory,
            streams: .init(input: stdin.reading, output: stdout.writing, error: stderr.writing))
        stdin.closeReading()
        stdout.closeWriting()
        stderr.closeWriting()
        // All three at once: a program that waits for one of them must not be waited for at another.
        let output = Collector(stdout)
        let error = Collector(stderr)
        Thread.detachNewThread { stdin.write(input) }
        guard let ending = process.wait(seconds: limit) else {
            process.send(SIGKILL)
            _ = process.wait()
            throw TimedOut(program: path)
        }
        return Completed(
            ending: ending, output: output.wait(), error: String(decoding: error.wait(), as: UTF8.self))
    }

    /// Runs a program that is found on the PATH.
    public static func run(
        named name: String, _ arguments: [String], input: [UInt8] = [],
        environment: [String: String] = environment(), directory: String? = nil, limit: Double = 60
    ) throws -> Completed {
        guard let path = path(of: name) else {
            throw ChildProcess.Failure(description: "\(name) is not on the PATH")
        }
        return try run(
            path, arguments, input: input, environment: environment, directory: directory, limit: limit)
    }

    /// Where a program lies that is on the PATH or in one of the system's usual folders; `nil` when it is not there.
    public static func path(of name: String) -> String? {
        let folders =
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    public static func exists(_ name: String) -> Bool { path(of: name) != nil }

    /// Whether this machine lets a program work; one that needs a privilege or a terminal may be there and fail.
    public static func works(_ name: String, _ arguments: [String]) -> Bool {
        (try? run(named: name, arguments, limit: 10).status) == 0
    }
}
