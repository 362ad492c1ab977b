import CLibFuzzer
import FuzzTargets
import Glibc

/// libFuzzer with one target, that which the environment names: libFuzzer starts itself again with its own
/// arguments when it merges corpora, but with the same environment.
@main
enum Fuzz {
    static let target = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

    static func main() {
        guard target != nil else { end("FUZZ_TARGET is none of \(FuzzTarget.allCases.map(\.rawValue))") }
        // libFuzzer reads the arguments, and may move the pointers; the strings stay the process's own.
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { start, count in
                // libFuzzer owns the bytes for the length of this call; they are copied.
                let bytes = Array(UnsafeBufferPointer(start: start, count: count))
                do { try Fuzz.target?.run(bytes) } catch { Fuzz.end("broken promise: \(error)") }
                return 0
            })
    }

    /// Ends the run so that libFuzzer keeps the input.
    private static func end(_ message: String) -> Never {
        let text = Array((message + "\n").utf8)
        // The array lends its bytes for the call; write(2) only reads them.
        _ = write(STDERR_FILENO, text, text.count)
        abort()
    }
}
