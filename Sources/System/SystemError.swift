import Glibc

/// Why a system call failed: an error number, and what the C library says of it, such as `Too many open files`.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    public let number: CInt

    public init(_ number: CInt) {
        self.number = number
    }

    /// What the last call of this thread failed with. To be asked before any other call.
    public static var last: SystemError { SystemError(errno) }

    public var description: String {
        // strerror(3) gives a constant text for the numbers that the system knows.
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }
}
