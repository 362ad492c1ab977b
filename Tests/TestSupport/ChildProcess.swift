import CProcess
import Foundation

/// A program that a test has started.
///
/// It gets the signals' defaults whatever the tests ignore, none of their descriptors but its three streams, and
/// ends with them at the latest: see ``OrphanGuard``.
public final class ChildProcess: @unchecked Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// How a program ended.
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// The descriptors that become the program's standard streams.
    struct Streams {
        var input: Int32
        var output: Int32
        var error: Int32
    }

    public let identifier: pid_t
    // Guarded by the condition. The identifier stays the program's until the ending is noted.
    private var ending: Ending?
    private let condition = NSCondition()

    /// - Parameters:
    ///   - environment: all that the program gets.
    ///   - directory: where it starts; the tests' own when `nil`.
    init(
        _ path: String, _ arguments: [String], environment: [String: String], directory: String?,
        streams: Streams
    ) throws {
        identifier = try Self.spawn(
            path, arguments, environment: environment, directory: directory, streams: streams)
        OrphanGuard.shared.watch(identifier)
        Thread.detachNewThread { [self] in reap() }
    }

    /// Starts a program.
    /// - Parameter hasOwnSession: whether what ends the tests' session is to spare it.
    static func spawn(
        _ path: String, _ arguments: [String], environment: [String: String], directory: String? = nil,
        streams: Streams, hasOwnSession: Bool = false
    ) throws -> pid_t {
        // Freed once the program has been started: `posix_spawn` keeps none of it.
        let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        let start = strdup(path)
        let folder = directory.map { strdup($0) } ?? nil
        defer { for text in words + variables + [start, folder] { free(text) } }
        var child: pid_t = 0
        let failure = words.withUnsafeBufferPointer { words in
            variables.withUnsafeBufferPointer { variables in
                var program = spawned_program(
                    path: start, arguments: words.baseAddress, environment: variables.baseAddress,
                    directory: folder, input: streams.input, output: streams.output, error: streams.error,
                    has_own_session: hasOwnSession)
                return spawn_program(&program, &child)
            }
        }
        guard failure == 0 else {
            throw Failure(description: "\(path) cannot be started: \(String(cString: strerror(failure)))")
        }
        return child
    }

    /// Waits for the end on a thread of its own, which keeps this value alive until then.
    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        condition.withLock {
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
            OrphanGuard.shared.forget(identifier)
            let signal = status & 0x7F
            ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
            condition.broadcast()
        }
    }

    public var isRunning: Bool { condition.withLock { ending == nil } }

    /// Sends a signal, unless it has ended.
    public func send(_ signal: Int32) {
        condition.withLock { if ending == nil { kill(identifier, signal) } }
    }

    /// Waits for the end.
    public func wait() -> Ending {
        condition.withLock {
            while true {
                if let ending { return ending }
                condition.wait()
            }
        }
    }

    /// Waits for the end, at most for some seconds; `nil` when it has not come by then.
    public func wait(seconds: Double) -> Ending? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while ending == nil, condition.wait(until: deadline) {}
            return ending
        }
    }
}
