/// Base 64 with padding (RFC 4648 section 4), on one line, as Kubernetes writes bytes in JSON, Secrets and `caBundle`.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The base 64 form of some bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        append(bytes, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    /// Appends the base 64 form of some bytes.
    public static func append(_ bytes: [UInt8], to result: inout [UInt8]) {
        result.reserveCapacity(result.count + (bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let available = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if available > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if available > 2 { group |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                let digit = alphabet[Int(group >> (18 - 6 * UInt32(position)) & 0x3F)]
                result.append(position <= available ? digit : UInt8(ascii: "="))
            }
            index += 3
        }
    }
}

extension Base64 {
    /// The bytes that a base 64 text stands for; `nil` when it is not one. Line breaks do not count, as for the API
    /// server.
    /// Source: Go `encoding/base64`, `Decode`.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text where byte != 0x0A && byte != 0x0D {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: byte) else { return nil }
            group = group << 6 | value
            digits += 1
            guard digits % 4 == 0 else { continue }
            result += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8)]
            result.append(UInt8(truncatingIfNeeded: group))
            group = 0
        }
        switch digits % 4 {
        case 0: return padding == 0 ? result : nil
        case 2 where padding == 2: return result + [UInt8(truncatingIfNeeded: group >> 4)]
        case 3 where padding == 1:
            return result + [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        default: return nil
        }
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
