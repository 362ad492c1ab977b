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
