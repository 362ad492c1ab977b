import ShellSyntax

/// A pattern after expansion, of which parts may be unknown.
struct ShellGlob {
    private var elements: [ShellPattern.Element] = []
    private(set) var hasAbsent = false
    private var isKnown = true

    func appending(_ text: String, isQuoted: Bool) -> ShellGlob {
        var copy = self
        copy.hasAbsent = hasAbsent || text.hasAbsent
        copy.isKnown = isKnown && !text.hasUnknown
        copy.elements.append(ShellPattern.Element(text.withoutAbsent, isQuoted: isQuoted))
        return copy
    }

    /// Whether it matches; `nil` when that cannot be seen.
    func matches(_ text: String) -> Bool? {
        isKnown && !text.hasUnknown ? ShellPattern.matches(elements, text) : nil
    }

    func removingPrefix(of text: String, longest: Bool) -> String? {
        isKnown ? ShellPattern.removingPrefix(of: text, elements, longest: longest) : nil
    }

    func removingSuffix(of text: String, longest: Bool) -> String? {
        isKnown ? ShellPattern.removingSuffix(of: text, elements, longest: longest) : nil
    }

    func replacing(
        in text: String, with replacement: ShellGlob, _ kind: ShellParameter.Operation.Replacement
    ) -> String? {
        guard isKnown, replacement.isKnown else { return nil }
        return ShellPattern.replacing(in: text, elements, with: replacement.elements, kind)
    }

    func changingCase(of text: String, upper: Bool, all: Bool) -> String? {
        isKnown ? ShellPattern.changingCase(of: text, upper: upper, all: all, elements) : nil
    }
}
