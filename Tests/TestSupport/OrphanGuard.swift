import Foundation

/// Ends the programs that tests have started, should the tests' own process die before it could.
///
/// A shell in a session of its own reads the identifiers from a pipe whose other end closes with this process,
/// however that ends; then it kills what is left.
final class OrphanGuard: @unchecked Sendable {
    static let shared = OrphanGuard()

    // Guarded by the lock.
    private let descriptor: Int32
    private let lock = NSLock()

    private static let script = """
        running=' '
        while read -r sign child; do
            case $sign in
            +) running="$running$child " ;;
            -) running="${running%%" $child "*} ${running#*" $child "}" ;;
            esac
        done
        for child in $running; do kill -9 "$child" 2>/dev/null; done
        """

    init() {
        // Never closed: the guard is to see the end of this process, and of nothing else.
        guard let pipe = try? DescriptorPair(), let nowhere = try? DescriptorPair(),
            (try? ChildProcess.spawn(
                "/bin/sh", ["-c", Self.script], environment: Program.environment(),
                streams: .init(input: pipe.reading, output: nowhere.writing, error: nowhere.writing),
                hasOwnSession: true)) != nil
        else {
            descriptor = -1
            return
        }
        pipe.closeReading()
        descriptor = pipe.releaseWriting()
    }

    /// Closes the pipe, as this process's death does.
    func abandon() { close(descriptor) }

    func watch(_ child: pid_t) { write("+ \(child)\n") }

    func forget(_ child: pid_t) { write("- \(child)\n") }

    private func write(_ line: String) {
        let bytes = Array(line.utf8)
        lock.withLock { _ = Glibc.write(descriptor, bytes, bytes.count) }
    }
}
