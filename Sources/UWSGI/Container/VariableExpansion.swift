/// The expansion of `$(NAME)` that happens before a container starts, in its command, its arguments and its
/// variables' values.
///
/// `$$` is an escape for one `$`; a reference that nothing resolves stays as it was written.
/// Source: k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go.
enum VariableExpansion {
    /// What a name resolves to.
    enum Resolution {
        /// This text, which may hold marks for what is unknown.
        case value(String)
        /// Nothing: the reference stays.
        case unresolved
    }

    /// Expands the references in `text`.
    /// - Parameters:
    ///   - budget: bytes that may still be written; reduced by what is. Chains of references can grow without
    ///     bound, so once it is used up the result is unknown.
    static func expand(
        _ text: String, budget: inout Int, resolve: (Substring) -> Resolution
    ) -> String {
        let dollar = UInt8(ascii: "$")
        guard text.utf8.contains(dollar) else { return text }
        let bytes = text.utf8
        var result = ""
        var literalStart = bytes.startIndex
        var index = bytes.startIndex
        while let found = bytes[index...].firstIndex(of: dollar) {
            let next = bytes.index(after: found)
            guard next < bytes.endIndex else { break }
            if bytes[next] == dollar {
                result += text[literalStart...found]
                index = bytes.index(after: next)
                literalStart = index
                continue
            }
            guard bytes[next] == UInt8(ascii: "(") else {
                index = next
                continue
            }
            let nameStart = bytes.index(after: next)
            // An unclosed reference ends the search: no later one can be closed either.
            guard let close = bytes[nameStart...].firstIndex(of: UInt8(ascii: ")")) else { break }
            index = bytes.index(after: close)
            if case .value(let value) = resolve(text[nameStart..<close]) {
                result += text[literalStart..<found]
                result += value
                literalStart = index
                budget -= value.utf8.count
                if budget < 0 { return TextMark.unknown }
            }
        }
        budget -= text.utf8.count
        result += text[literalStart...]
        return budget < 0 ? TextMark.unknown : result
    }
}
