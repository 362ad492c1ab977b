import Glibc

/// Texts for the system's error numbers.
enum SystemError {
    /// What the C library says of an error number, such as `Too many open files`.
    static func describe(_ number: CInt) -> String {
        // strerror(3) gives a constant text for the numbers that the system knows.
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }
}
