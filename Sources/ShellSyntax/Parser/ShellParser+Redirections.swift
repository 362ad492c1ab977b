import Basics

/// Redirections: POSIX.1-2024, Shell Command Language, 2.7; for `<<<`, `&>` and `{name}>`, the manual of bash, 3.6.
extension ShellParser {
    /// Reads a redirection, or nothing.
    mutating func parseRedirection() throws(ShellError) -> ShellRedirection? {
        guard let first = scanner.peek() else { return nil }
        let start = scanner.index
        var descriptor: Int?
        var variable: String?
        switch first {
        case UInt8(ascii: "<"), UInt8(ascii: ">"): break
        case UInt8(ascii: "&"):
            guard scanner.peekSecond() == UInt8(ascii: ">") else { return nil }
            return try parseBothOutputs()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): descriptor = Int(scanner.takeDigits())
        case UInt8(ascii: "{") where dialect == .bash: variable = takeDescriptorVariable()
        default: return nil
        }
        guard let sign = scanner.peek(), sign == UInt8(ascii: "<") || sign == UInt8(ascii: ">"),
            // A number too large is a word.
            scanner.index == start || descriptor != nil || variable != nil, !isAtProcessSubstitution
        else {
            scanner.index = start
            return nil
        }
        var redirection = try parseRedirection(sign)
        redirection.descriptor = descriptor
        redirection.descriptorVariable = variable
        return redirection
    }

    private mutating func takeDescriptorVariable() -> String? {
        scanner.advance()
        let name = scanner.takeName()
        return !name.isEmpty && scanner.take(UInt8(ascii: "}")) ? name : nil
    }

    private mutating func parseBothOutputs() throws(ShellError) -> ShellRedirection {
        scanner.advance()
        _ = scanner.peek()
        scanner.advance()
        let appends = scanner.take(UInt8(ascii: ">"))
        return ShellRedirection(kind: .both(appends: appends), target: try parseTarget())
    }

    private mutating func parseTarget() throws(ShellError) -> ShellWord {
        try descend()
        scanner.skipBlanks()
        let word = try parseWord(until: .delimiter)
        guard !word.parts.isEmpty else { throw .malformed }
        ascend()
        return word
    }

    /// Reads a redirection from its operator on.
    private mutating func parseRedirection(_ sign: UInt8) throws(ShellError) -> ShellRedirection {
        if scanner.take(UInt8(ascii: "<"), UInt8(ascii: "<")) {
            guard scanner.take(UInt8(ascii: "<")) else { return try parseHereDocument() }
            if dialect == .posix { hasBashLine = true }
            return ShellRedirection(kind: .hereString, target: try parseTarget())
        }
        scanner.advance()
        let isOutput = sign == UInt8(ascii: ">")
        if scanner.take(UInt8(ascii: "&")) {
            let target = try parseTarget()
            return ShellRedirection(
                kind: isOutput && target.isFileName ? .both(appends: false) : .duplicate, target: target)
        }
        if !isOutput {
            _ = scanner.take(UInt8(ascii: ">"))
            return ShellRedirection(kind: .input, target: try parseTarget())
        }
        let appends = scanner.take(UInt8(ascii: ">"))
        if !appends { _ = scanner.take(UInt8(ascii: "|")) }
        return ShellRedirection(kind: .output(appends: appends), target: try parseTarget())
    }
}

extension ShellWord {
    /// Whether `>&` before it redirects both outputs: it is neither a number, nor `-`, nor to be expanded first.
    fileprivate var isFileName: Bool {
        guard let text = plainText else {
            return parts.allSatisfy { if case .literal = $0 { true } else { false } }
        }
        let number = text.hasSuffix("-") ? text.dropLast() : text[...]
        return !number.utf8.allSatisfy { $0.isDecimalDigit }
    }
}
