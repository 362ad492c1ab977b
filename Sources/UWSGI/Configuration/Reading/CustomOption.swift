/// An option that `declare-option = name=template` adds: the template's options, separated by `;`, with `$1` and so on
/// for the words of its value. Source: `uwsgi_opt_custom` in core/config.c.
struct CustomOption {
    var name: ConfigurationText
    var template: ConfigurationText
    var isCertain: Bool

    /// The options that it stands for with a value.
    func expanded(_ value: ConfigurationText?) -> [(name: ConfigurationText, value: ConfigurationText)] {
        let text = value ?? []
        let words = text.tokens(0x20)
        let count = text.count { $0 == 0x20 } + 1
        var result: [(ConfigurationText, ConfigurationText)] = []
        for part in template.tokens(UInt8(ascii: ";")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { break }
            var name = Array(part[..<equals])
            var value = Array(part[(equals + 1)...])
            // Only an empty value has an empty first word; further words that are missing leave `$2` as it is.
            for number in 1...min(count, 64) {
                let word = number <= words.count ? words[number - 1] : (text.isEmpty ? [] : nil)
                guard let word else { break }
                let parameter = ConfigurationText("$") + Array(String(number).utf8)
                name = name.replacing(parameter, with: word)
                value = value.replacing(parameter, with: word)
            }
            result.append((name, value))
        }
        return result
    }
}
