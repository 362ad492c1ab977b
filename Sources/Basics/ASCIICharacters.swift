extension UInt8 {
    /// Whether it is one of ASCII's `0` to `9`.
    @inlinable public var isDecimalDigit: Bool { self &- 0x30 < 10 }

    /// Whether it is one of ASCII's `0` to `9` and `a` to `f`, in which digests, UIDs and container IDs are written.
    @inlinable public var isLowercaseHexadecimalDigit: Bool { isDecimalDigit || self &- 0x61 < 6 }

    /// Whether it is a hexadecimal digit in either case.
    @inlinable public var isHexadecimalDigit: Bool { isLowercaseHexadecimalDigit || self &- 0x41 < 6 }

    /// Whether it is one of ASCII's `a` to `z`.
    @inlinable public var isLowercaseLetter: Bool { self &- 0x61 < 26 }

    /// Whether it is one of ASCII's `A` to `Z`.
    @inlinable public var isUppercaseLetter: Bool { self &- 0x41 < 26 }

    /// Whether it is a letter or a digit of ASCII.
    @inlinable public var isAlphanumeric: Bool { isLowercaseLetter || isUppercaseLetter || isDecimalDigit }

    /// Whether it may stand in a name of C, of a shell and of most languages: a letter, a digit or `_`.
    @inlinable public var isIdentifierByte: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
}

extension StringProtocol {
    /// Whether there is nothing but ASCII's `0` to `9`, and at least one: no sign, no other script's digits.
    @inlinable public var isDecimalNumber: Bool { !isEmpty && utf8.allSatisfy(\.isDecimalDigit) }
}
