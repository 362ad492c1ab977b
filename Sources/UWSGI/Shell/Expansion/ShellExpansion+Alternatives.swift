import ShellSyntax

/// The texts that one part of a word may become, and how few of them are enough.
extension ShellExpansion {
    /// The text of `$'…'` without escapes, which dash takes for a sign and a text in single quotes.
    static func dollarQuoted(_ source: ShellSource) -> String? {
        guard source.starts(with: "$'".utf8), source.last == UInt8(ascii: "'"), source.count > 2,
            !source.contains(UInt8(ascii: "\\")), !source.contains(where: TextMark.isMark)
        else { return nil }
        return String(validating: source.dropFirst(2).dropLast(), as: UTF8.self)
    }

    /// Too many builders with one of several pieces each, without those of which no author thinks and which others among
    /// them stand for; `nil` where these are too many still.
    func fewerAlternatives(_ pieces: [FieldBuilder], _ builders: [FieldBuilder]) -> [FieldBuilder]? {
        let bytes =
            pieces.count * builders.reduce(0) { $0 + $1.byteCount + 1 }
            + builders.count * pieces.reduce(0) { $0 + $1.byteCount + 1 }
        guard pieces.contains(where: { $0.reach < .expected }), tracer.budget.spendBytes(bytes) else {
            return nil
        }
        var all = builders.flatMap { builder in
            pieces.map { piece in
                var copy = builder
                copy.append(piece)
                return copy
            }
        }
        // What is least known comes last.
        for general in all.reversed() where general.reach < .expected {
            all.removeAll { $0 != general && $0.reach <= general.reach && general.covers($0) }
        }
        return all.count <= Scope.mostAlternatives ? all : nil
    }
}
