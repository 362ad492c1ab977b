import Basics

/// A number, a variable's name or an operator.
enum ShellArithmeticToken: Hashable {
    case number(Int, isPOSIX: Bool)
    case name(String)
    case sign(ShellArithmeticSign)
}

/// An operator, by how it is written.
enum ShellArithmeticSign: String, CaseIterable {
    case open = "("
    case close = ")"
    case comma = ","
    case question = "?"
    case colon = ":"
    case or = "||"
    case and = "&&"
    case bitOr = "|"
    case bitXor = "^"
    case bitAnd = "&"
    case equal = "=="
    case unequal = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case dividedBy = "/"
    case remainder = "%"
    case power = "**"
    case not = "!"
    case complement = "~"
    /// `=`, `+=` and the like.
    case assign = "="
    /// `++` and `--`.
    case step = "++"

    /// Whether dash knows it.
    var isPOSIX: Bool {
        switch self {
        case .comma, .power, .step: false
        default: true
        }
    }

    /// Whether it assigns to the variable before it.
    var assigns: Bool { self == .assign || self == .step }

    /// Whether some right operands are errors.
    var mayFail: Bool { self == .dividedBy || self == .remainder || self == .power }

    /// How closely a binary operator binds; the others have none.
    var precedence: Int? {
        switch self {
        case .comma: 1
        case .or: 4
        case .and: 5
        case .bitOr: 6
        case .bitXor: 7
        case .bitAnd: 8
        case .equal, .unequal: 9
        case .lessOrEqual, .greaterOrEqual, .less, .greater: 10
        case .shiftLeft, .shiftRight: 11
        case .plus, .minus: 12
        case .times, .dividedBy, .remainder: 13
        case .power: 14
        default: nil
        }
    }
}

/// Cuts an expression into tokens.
struct ShellArithmeticReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// - Returns: `nil` if something else stands in it.
    mutating func read() -> [ShellArithmeticToken]? {
        var tokens: [ShellArithmeticToken] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x09 || byte == 0x0A {
                index += 1
            } else if byte.startsShellName {
                tokens.append(.name(take { $0.isIdentifierByte }))
            } else if byte.isDecimalDigit {
                guard let number = readNumber() else { return nil }
                tokens.append(number)
            } else {
                guard let sign = readSign() else { return nil }
                tokens.append(.sign(sign))
            }
        }
        return tokens
    }

    private mutating func take(while belongs: (UInt8) -> Bool) -> String {
        let start = index
        while index < bytes.count, belongs(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    // MARK: Numbers

    /// `10`, `010`, `0x10` or `2#10`; too large a number is cut off differently by the shells.
    private mutating func readNumber() -> ShellArithmeticToken? {
        let text = take { $0.isIdentifierByte || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "@") }
        if let mark = text.utf8.firstIndex(of: UInt8(ascii: "#")) {
            guard let base = Int(text[..<mark]), (2...64).contains(base),
                text.utf8.first != UInt8(ascii: "0"),
                let value = Self.value(of: text[text.index(after: mark)...], base: base)
            else { return nil }
            return .number(value, isPOSIX: false)
        }
        let value: Int?
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            value = Self.value(of: text.dropFirst(2), base: 16)
        } else if text.hasPrefix("0") {
            value = text == "0" ? 0 : Self.value(of: text.dropFirst(), base: 8)
        } else {
            value = Self.value(of: text[...], base: 10)
        }
        return value.map { .number($0, isPOSIX: true) }
    }

    private static func value(of digits: Substring, base: Int) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for byte in digits.utf8 {
            guard let digit = digit(byte, base: base), digit < base else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: base)
            let (sum, isLarger) = product.addingReportingOverflow(digit)
            guard !isTooLarge, !isLarger else { return nil }
            value = sum
        }
        return value
    }

    /// Digits, small letters, capitals, `@` and `_`; up to base 36 capitals are like small letters.
    private static func digit(_ byte: UInt8, base: Int) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x61...0x7A: Int(byte) - 0x61 + 10
        case 0x41...0x5A: Int(byte) - 0x41 + (base <= 36 ? 10 : 36)
        case UInt8(ascii: "@"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }

    // MARK: Operators

    private mutating func readSign() -> ShellArithmeticSign? {
        let first = bytes[index]
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        let third = index + 2 < bytes.count ? bytes[index + 2] : 0
        let equals = UInt8(ascii: "=")
        // `<<=` and `>>=`
        if first == second, first == UInt8(ascii: "<") || first == UInt8(ascii: ">"), third == equals {
            index += 3
            return .assign
        }
        if first == second, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            index += 2
            return .step
        }
        let pair = String(decoding: [first, second], as: UTF8.self)
        if let sign = ShellArithmeticSign(rawValue: pair) {
            index += 2
            return sign
        }
        if second == equals, "+-*/%&|^".utf8.contains(first) {
            index += 2
            return .assign
        }
        index += 1
        return ShellArithmeticSign(rawValue: String(UnicodeScalar(first)))
    }
}
