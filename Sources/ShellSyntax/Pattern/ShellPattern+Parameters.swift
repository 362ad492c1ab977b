import Basics

/// What `${…}` makes of a value: POSIX.1-2024, Shell Command Language, 2.6.2, and the manual of bash, 3.5.3.
///
/// Every function is `nil` where the result cannot be told.
extension ShellPattern {
    /// `${x#p}` and `${x##p}`
    public static func removingPrefix(
        of text: String, _ pattern: [Element], longest: Bool, dialect: ShellDialect = .posix
    ) -> String? {
        guard let pattern = ShellPattern(pattern, dialect: dialect),
            let match = pattern.prefix(of: Array(text.utf8), longest: longest)
        else { return nil }
        return String(validating: text.utf8.dropFirst(match ?? 0), as: UTF8.self)
    }

    /// `${x%p}` and `${x%%p}`
    public static func removingSuffix(
        of text: String, _ pattern: [Element], longest: Bool, dialect: ShellDialect = .posix
    ) -> String? {
        guard let pattern = ShellPattern(pattern, dialect: dialect),
            let match = pattern.suffix(of: Array(text.utf8), longest: longest)
        else { return nil }
        return String(validating: text.utf8.dropLast(match ?? 0), as: UTF8.self)
    }

    /// `${x/p/r}` and its kin.
    ///
    /// An unquoted `&` in the replacement stands for what matched since bash 5.2, and for itself before: `nil`.
    public static func replacing(
        in text: String, _ pattern: [Element], with replacement: [Element],
        _ kind: ShellParameter.Operation.Replacement, dialect: ShellDialect = .posix
    ) -> String? {
        guard let pattern = ShellPattern(pattern, dialect: dialect),
            !replacement.contains(where: { $0.isUnclearReplacement })
        else {
            return nil
        }
        // bash overlooks some matches of a pattern that ends in `\*`.
        guard pattern.tokens.last != .byte(UInt8(ascii: "*")) else { return nil }
        let bytes = Array(text.utf8)
        let new = replacement.flatMap { Array($0.text.utf8) }
        let result: [UInt8]?
        switch kind {
        case .atStart:
            guard let match = pattern.prefix(of: bytes, longest: true) else { return nil }
            result = match.map { new + bytes.dropFirst($0) }
        case .atEnd:
            guard let match = pattern.suffix(of: bytes, longest: true) else { return nil }
            result = match.map { bytes.dropLast($0) + new }
        case .first, .all:
            // bash replaces nothing by an empty pattern.
            if pattern.tokens.isEmpty { return text }
            guard let replaced = pattern.replaced(in: bytes, with: new, all: kind == .all) else { return nil }
            result = replaced
        }
        guard let result else { return text }
        return String(validating: result, as: UTF8.self)
    }

    /// `${x:offset:length}`; `nil` also for a length that bash refuses.
    public static func substring(of text: String, offset: Int, length: Int?) -> String? {
        let bytes = Array(text.utf8)
        // What a character is depends on the locale.
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        let start = offset < 0 ? bytes.count + max(offset, -bytes.count - 1) : offset
        // From beyond either end, nothing is left.
        guard start >= 0, start <= bytes.count else { return "" }
        var end = bytes.count
        if let length {
            if length < 0 {
                end += max(length, -bytes.count - 1)
                guard end >= start else { return nil }
            } else {
                end = start + min(length, bytes.count - start)
            }
        }
        return String(validating: bytes[start..<end], as: UTF8.self)
    }

    /// `${x^}`, `${x,,p}` and their kin.
    /// - Parameter pattern: what a character has to match to be changed; without one, all do.
    public static func changingCase(
        of text: String, upper: Bool, all: Bool, _ pattern: [Element]? = nil,
        dialect: ShellDialect = .bash
    ) -> String? {
        var bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        var compiled: ShellPattern?
        if let pattern {
            guard let known = ShellPattern(pattern, dialect: dialect) else { return nil }
            compiled = known
        }
        var steps = mostSteps
        for index in bytes.indices.prefix(all ? bytes.count : 1) {
            if let compiled {
                guard let matches = compiled.matches(bytes[index...index], &steps) else { return nil }
                if !matches { continue }
            }
            let byte = bytes[index]
            if upper, byte.isLowercaseLetter { bytes[index] = byte - 0x20 }
            if !upper, byte.isUppercaseLetter { bytes[index] = byte + 0x20 }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// `${#x}`
    public static func length(of text: String) -> Int? {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : nil
    }

    // MARK: Ends

    /// How many bytes at the start match, the longest or the shortest stretch: `.some(nil)` for none, `nil` if
    /// that cannot be told.
    private func prefix(of text: [UInt8], longest: Bool) -> Int?? {
        guard isIndependentOfLocale(text) else { return nil }
        guard let ends = matchEnds(in: text[...], shortest: !longest) else { return nil }
        return .some(longest ? ends.last : ends.first)
    }

    private func suffix(of text: [UInt8], longest: Bool) -> Int?? {
        guard isIndependentOfLocale(text) else { return nil }
        guard let ends = reversed.matchEnds(in: text.reversed()[...], shortest: !longest) else { return nil }
        return .some(longest ? ends.last : ends.first)
    }

    private var reversed: ShellPattern {
        ShellPattern(tokens: tokens.reversed(), dependsOnLocale: dependsOnLocale)
    }

    private init(tokens: [Token], dependsOnLocale: Bool) {
        self.tokens = tokens
        self.dependsOnLocale = dependsOnLocale
    }

    /// The lengths of the stretches at the start of the text that match, the shortest first; of the longest ones
    /// the last only. Follows all tokens that may be reached at once, byte by byte.
    private func matchEnds(in text: ArraySlice<UInt8>, shortest: Bool) -> [Int]? {
        guard (tokens.count + 1) * (text.count + 1) <= Self.mostSteps else { return nil }
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        reached[0] = true
        passStars(&reached)
        var last: Int?
        var next = reached
        for (length, byte) in text.enumerated() {
            if reached[tokens.count] {
                last = length
                if shortest { return [length] }
            }
            for index in next.indices { next[index] = false }
            for (index, token) in tokens.enumerated() where reached[index] {
                if token == .anyText {
                    next[index] = true
                } else if Self.matches(token, byte) {
                    next[index + 1] = true
                }
            }
            passStars(&next)
            swap(&reached, &next)
        }
        if reached[tokens.count] { last = text.count }
        return last.map { [$0] } ?? []
    }

    /// A `*` may match nothing.
    private func passStars(_ reached: inout [Bool]) {
        for (index, token) in tokens.enumerated() where reached[index] && token == .anyText {
            reached[index + 1] = true
        }
    }

    // MARK: Replacement

    /// Replaces the longest match at each place where there is one.
    private func replaced(in text: [UInt8], with new: [UInt8], all: Bool) -> [UInt8]? {
        guard isIndependentOfLocale(text) else { return nil }
        // Each place may be compared with all that follows.
        guard (tokens.count + 1) * (text.count + 1) * (text.count + 1) <= Self.mostSteps * 8 else {
            return nil
        }
        if text.isEmpty { return tokens.allSatisfy { $0 == .anyText } ? new : text }
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            guard let ends = matchEnds(in: text[position...], shortest: false) else { return nil }
            if let length = ends.last, length > 0 {
                result += new
                position += length
                if !all { break }
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result + text[position...]
    }
}

extension ShellPattern.Element {
    fileprivate var isUnclearReplacement: Bool {
        !isQuoted && text.utf8.contains { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "\\") }
    }
}
