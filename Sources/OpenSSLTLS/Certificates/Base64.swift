import COpenSSL

/// Base64 of RFC 4648, section 4, on one line, as Kubernetes' `data` and `caBundle` want it.
public enum Base64 {
    public static func encode(_ bytes: [UInt8]) -> String {
        // EVP_EncodeBlock writes four characters for each three bytes begun, and a terminating zero.
        let length = (bytes.count + 2) / 3 * 4
        var text = [UInt8](repeating: 0, count: length + 1)
        let written = EVP_EncodeBlock(&text, bytes, Int32(clamping: bytes.count))
        return String(decoding: text.prefix(max(0, Int(written))), as: UTF8.self)
    }
}
