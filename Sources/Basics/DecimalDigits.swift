extension UInt8 {
    /// Whether it is one of ASCII's `0` to `9`.
    public var isDecimalDigit: Bool { self &- 0x30 < 10 }
}

extension StringProtocol {
    /// Whether there is nothing but ASCII's `0` to `9`, and at least one: no sign, no other script's digits.
    public var isDecimalNumber: Bool { !isEmpty && utf8.allSatisfy(\.isDecimalDigit) }
}
