import COpenSSL

/// One entry of OpenSSL's error queue, as `ERR_get_error_all` gives it.
struct OpenSSLError: Sendable, Hashable {
    /// The library within OpenSSL, for example `ERR_LIB_SSL`.
    var library: Int32
    /// The reason within that library, for example `SSL_R_NO_SHARED_CIPHER`.
    var reason: Int32
    /// OpenSSL's own words, for example `no shared cipher`.
    var text: String
}

/// OpenSSL keeps its errors in a queue of each thread. Every call that can fail is preceded by `clear` and,
/// when it fails, followed by `drain`, so that no error of one connection is ever blamed on another.
enum OpenSSLErrorQueue {
    static func clear() {
        ERR_clear_error()
    }

    /// Takes all errors, the first cause first.
    static func drain() -> [OpenSSLError] {
        var errors: [OpenSSLError] = []
        while true {
            // OpenSSL owns the text behind `data`, which lives until the next error call of this thread.
            var data: UnsafePointer<CChar>?
            var flags: Int32 = 0
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { return errors }
            var text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
            if flags & ERR_TXT_STRING != 0, let data, data.pointee != 0 {
                text += " (\(String(cString: data)))"
            }
            errors.append(
                OpenSSLError(library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code), text: text))
        }
    }

    /// All errors in one line, for messages.
    static func drainText() -> String {
        text(of: drain())
    }

    static func text(of errors: [OpenSSLError]) -> String {
        errors.isEmpty ? "no reason given by OpenSSL" : errors.map(\.text).joined(separator: "; ")
    }
}
