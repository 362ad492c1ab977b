/// Assignments: POSIX.1-2024, Shell Command Language, 2.10.2, rule 7; for arrays, the manual of bash, 6.7.
extension ShellParser {
    /// What stands before an assignment's value.
    private struct Target {
        var name: String
        var index: ShellWord?
        var appends = false
        /// Where the subscript's bracket is.
        var bracket: Int?
    }

    /// Reads an assignment, or nothing.
    mutating func parseAssignment() throws(ShellError) -> ShellAssignment? {
        guard let target = try parseTarget() else { return nil }
        let value: ShellAssignment.Value
        if scanner.peek() == UInt8(ascii: "(") {
            guard dialect == .bash else { throw .onlyInBash }
            value = try parseArray()
        } else {
            value = .word(try parseWord(until: .delimiter))
        }
        return ShellAssignment(name: target.name, index: target.index, appends: target.appends, value: value)
    }

    /// Reads an argument that assigns an array, as in `declare a=(…)`, or nothing.
    mutating func parseArrayArgument() throws(ShellError) -> ShellWord? {
        let start = scanner.index
        guard let target = try parseTarget() else { return nil }
        guard scanner.peek() == UInt8(ascii: "(") else {
            // An ordinary argument, which is read once more.
            if let bracket = target.bracket { plainBrackets.insert(bracket) }
            scanner.index = start
            return nil
        }
        let valueStart = scanner.index
        let value = try parseArray()
        let prefix = String(decoding: scanner.bytes[start..<valueStart], as: UTF8.self)
        var word = ShellWord(
            parts: [
                .literal(prefix, isQuoted: false),
                .unread(source: scanner.bytes[valueStart..<scanner.index], isQuoted: true),
            ], source: scanner.bytes[start..<scanner.index])
        word.arrayAssignment = ShellAssignment(
            name: target.name, index: target.index, appends: target.appends, value: value)
        return word
    }

    /// Takes `name=`, and in bash `name+=` and `name[subscript]=`; or nothing.
    private mutating func parseTarget() throws(ShellError) -> Target? {
        let start = scanner.index
        var target = Target(name: scanner.takeName())
        guard !target.name.isEmpty else { return nil }
        if scanner.take(UInt8(ascii: "=")) { return target }
        if dialect == .bash {
            let bracket = scanner.index
            if !plainBrackets.contains(bracket), scanner.take(UInt8(ascii: "[")) {
                try descend()
                target.bracket = bracket
                target.index = try parseWord(until: .bracket)
                guard scanner.take(UInt8(ascii: "]")) else { throw .malformed }
                ascend()
            }
            if scanner.take(UInt8(ascii: "=")) { return target }
            if scanner.take(UInt8(ascii: "+"), UInt8(ascii: "=")) {
                target.appends = true
                return target
            }
            if target.index != nil { plainBrackets.insert(bracket) }
        }
        scanner.index = start
        return nil
    }

    // MARK: Arrays

    private mutating func parseArray() throws(ShellError) -> ShellAssignment.Value {
        let start = scanner.index
        guard scanner.take(UInt8(ascii: "(")) else { throw .malformed }
        try descend()
        var elements: [ShellWord] = []
        var hasKeys = false
        while true {
            try skipLines()
            guard let byte = scanner.peek() else { throw .malformed }
            if scanner.take(UInt8(ascii: ")")) { break }
            if byte.endsShellWord, !isAtProcessSubstitution { throw .malformed }
            if byte == UInt8(ascii: "[") { hasKeys = true }
            elements.append(try parseWord(until: .delimiter))
        }
        ascend()
        tokenEnd = scanner.index
        guard hasKeys else { return .array(elements) }
        let source = scanner.bytes[start..<scanner.index]
        return .word(ShellWord(parts: [.unread(source: source, isQuoted: true)], source: source))
    }
}
