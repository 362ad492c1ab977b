/// What reading a configuration may cost: one budget for a server and all the files it reads.
///
/// uWSGI itself has no limits: a file that includes itself, or `for-times = 1000000000`, runs until its memory ends.
/// Beyond the budget everything is unknown.
struct ConfigurationBudget: Sendable {
    /// How deep files and options that uWSGI's own options lead to may be nested.
    static let deepest = 16

    /// Bytes that may still be read, copied or compared.
    private(set) var bytes: Int
    /// Options that may still be listed.
    private(set) var options: Int
    private(set) var isExhausted = false

    init(bytes: Int = 16 << 20, options: Int = 8192) {
        self.bytes = bytes
        self.options = options
    }

    /// - Returns: whether there was enough left.
    mutating func spend(bytes count: Int) -> Bool {
        guard !isExhausted, count <= bytes else {
            isExhausted = true
            return false
        }
        bytes -= count
        return true
    }

    mutating func spendOption() -> Bool {
        guard !isExhausted, options > 0 else {
            isExhausted = true
            return false
        }
        options -= 1
        return true
    }
}
