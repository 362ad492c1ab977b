extension UInt8 {
    /// Whether it is one of ASCII's `0` to `9`.
    @inlinable public var isDecimalDigit: Bool { self &- 0x30 < 10 }

    /// Whether it is one of ASCII's `0` to `9` and `a` to `f`, in which digests, UIDs and container IDs are written.
    @inlinable public var isLowercaseHexadecimalDigit: Bool { isDecimalDigit || self &- 0x61 < 6 }
}

extension StringProtocol {
    /// Whether there is nothing but ASCII's `0` to `9`, and at least one: no sign, no other script's digits.
    @inlinable public var isDecimalNumber: Bool { !isEmpty && utf8.allSatisfy(\.isDecimalDigit) }
}
