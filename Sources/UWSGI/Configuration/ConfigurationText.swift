/// Text of a configuration: bytes as uWSGI has them, without the NUL that ends them in C.
///
/// That NUL stands for text that cannot be known instead, of any length, as in ``Word``.
typealias ConfigurationText = [UInt8]

extension ConfigurationText {
    static let unknown: ConfigurationText = [0]

    init(_ text: StaticString) {
        self = text.withUTF8Buffer { Array($0) }
    }

    var isKnownText: Bool { !contains(0) }

    /// As reports and the option table need it; bytes that are not UTF-8 are replaced.
    var string: String { String(decoding: self, as: UTF8.self) }

    func ends(with suffix: String) -> Bool {
        count >= suffix.utf8.count && self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// Split as `strtok_r(3)` does: empty parts do not count.
    func tokens(_ separator: UInt8) -> [ConfigurationText] {
        split(separator: separator).map(Array.init)
    }

    /// With every `part` replaced, as `uwsgi_substitute` in core/utils.c does.
    func replacing(_ part: ConfigurationText, with text: ConfigurationText) -> ConfigurationText {
        guard let first = part.first, contains(first) else { return self }
        var result: ConfigurationText = []
        var index = 0
        while index < count {
            if self[index] == first, self[index...].starts(with: part) {
                result += text
                index += part.count
            } else {
                result.append(self[index])
                index += 1
            }
        }
        return result
    }
}
