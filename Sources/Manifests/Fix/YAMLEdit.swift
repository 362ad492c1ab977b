import YAML

/// Puts a variable into a container of a YAML document by changing its text, and only the lines that it takes.
///
/// A change is only taken when the new text reads as the old document with that variable and nothing else: whatever
/// the text looks like, a change that would do more is not made.
struct YAMLEdit {
    /// The document's text.
    private(set) var lines: SourceLines
    private var root: YAMLNode

    /// Why a container is left as it is.
    struct Refusal: Error {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private typealias Candidate = (lines: SourceLines, expected: YAMLNode)

    /// - Throws: ``YAMLError`` or ``Refusal`` when the text is not one YAML document.
    init(_ bytes: [UInt8]) throws {
        lines = SourceLines(bytes)
        root = try Self.read(bytes)
    }

    private static func read(_ bytes: [UInt8]) throws -> YAMLNode {
        let parser = try YAMLParser(bytes)
        guard let root = try parser.nextDocument(), try parser.nextDocument() == nil else {
            throw Refusal("the text is not one document")
        }
        return root
    }

    /// Makes one change.
    /// - Parameter pointer: the container's place in the document, as a JSON Pointer.
    /// - Throws: ``Refusal`` when that cannot be done safely; the text is as it was.
    mutating func apply(_ change: EnvironmentChange, toContainerAt pointer: String) throws(Refusal) {
        let path = try safePath(pointer)
        for candidate in try candidates(change, path, pointer: pointer) {
            let read = try? Self.read(candidate.lines.bytes)
            guard let read, read.isSameData(as: candidate.expected) else { continue }
            lines = candidate.lines
            root = read
            return
        }
        throw Refusal("no change of the text does this and nothing else")
    }

    // MARK: - What is safe

    private func safePath(_ pointer: String) throws(Refusal) -> YAMLPath {
        let path = YAMLPath(pointer, from: root)
        guard path.isWhole, !path.isMerged else { throw Refusal("it comes out of a merge (<<)") }
        for step in path.steps { try requireUnshared(step.node) }
        guard case .mapping(let pairs, let mark) = path.node else { throw Refusal("it is no mapping") }
        guard lines.byte(at: mark) != UInt8(ascii: "{") else { throw Refusal("it is written in flow style") }
        guard !pairs.contains(where: { $0.key.text == "<<" }) else {
            throw Refusal("it merges in other mappings (<<)")
        }
        return path
    }

    /// What has an anchor may stand at several places, and an alias stands elsewhere: libyaml marks both by the
    /// anchor's place.
    private func requireUnshared(_ node: YAMLNode) throws(Refusal) {
        switch lines.byte(at: node.mark) {
        case UInt8(ascii: "&"), UInt8(ascii: "*"): throw Refusal("an anchor or an alias is involved")
        case UInt8(ascii: "!"): throw Refusal("a tag is involved")
        default: return
        }
    }

    // MARK: - What can be tried

    private func candidates(
        _ change: EnvironmentChange, _ path: YAMLPath, pointer: String
    ) throws(Refusal) -> [Candidate] {
        let steps = JSONPointer.steps(of: pointer)
        guard let environment = path.node.member("env") else {
            return newLists(change, path, steps: steps)
        }
        try requireUnshared(environment.value)
        switch environment.value {
        case .sequence(let variables, let mark):
            if let index = change.index {
                guard variables.indices.contains(index) else { throw Refusal("the variable is not there") }
                return try newValues(change, variables[index], steps: steps + ["env", String(index)])
            }
            if variables.isEmpty { return filledLists(change, environment, token: "[]", steps: steps) }
            guard lines.byte(at: mark) == UInt8(ascii: "-") else {
                throw Refusal("its variables are written in flow style")
            }
            return newVariables(change, environment.key, variables, mark, steps: steps + ["env"])
        case .scalar(let scalar):
            return filledLists(change, environment, token: scalar.text, steps: steps)
        case .mapping:
            throw Refusal("its variables are no list")
        }
    }

    /// One more variable, behind the last or else before the first.
    private func newVariables(
        _ change: EnvironmentChange, _ key: YAMLNode, _ variables: [YAMLNode], _ mark: YAMLMark,
        steps: [String]
    ) -> [Candidate] {
        guard let last = variables.last, let first = variables.first else { return [] }
        let dash = mark.column - 1
        let isBesideDash = first.mark.line == mark.line
        let width = isBesideDash ? max(first.mark.column - 1 - dash, 2) : 2
        let item = Self.item(change, indentation: dash, width: width)
        return [(endOfBlock(from: last.mark.line, deeperThan: dash), variables.count), (key.mark.line, 0)]
            .map { line, index in
                var text = lines
                text.insert(item, at: line)
                var list = variables
                list.insert(Self.variable(change), at: index)
                return (text, root.replacing(steps[...], with: .sequence(list, mark)))
            }
    }

    /// A list of variables where there is none, behind one of the members that come first by custom.
    private func newLists(_ change: EnvironmentChange, _ path: YAMLPath, steps: [String]) -> [Candidate] {
        guard case .mapping(let pairs, let mark) = path.node else { return [] }
        let customary: Set<String> = ["name", "image", "imagePullPolicy", "command", "args", "workingDir"]
        let column = mark.column - 1
        let margin = String(repeating: " ", count: column)
        let dash = column + (isIndented(path) ? 2 : 0)
        let block = [margin + "env:"] + Self.item(change, indentation: dash, width: 2)
        let list = YAMLNode.sequence([Self.variable(change)], mark)
        let expected = root.replacing((steps + ["env"])[...], with: list)
        let neighbours = pairs.filter { $0.key.text.map(customary.contains) ?? false }
        return neighbours.reversed().map { neighbour in
            var text = lines
            text.insert(
                block, at: endOfBlock(from: neighbour.key.mark.line, deeperThan: column, orDash: true))
            return (text, expected)
        }
    }

    /// A list of variables that is there and empty: `env:`, `env: []`, `env: null`.
    private func filledLists(
        _ change: EnvironmentChange, _ environment: (key: YAMLNode, value: YAMLNode), token: String,
        steps: [String]
    ) -> [Candidate] {
        guard let place = lines.place(of: environment.value.mark),
            lines.lines[place.line][place.offset...].starts(with: token.utf8)
        else { return [] }
        var text = lines
        text.lines[place.line].removeSubrange(place.offset..<(place.offset + token.utf8.count))
        // The blank before the token goes with it.
        while let blank = text.lines[place.line][..<place.offset].lastIndex(of: 0x20),
            blank > 0, text.lines[place.line][blank - 1] != 0x20, !token.isEmpty
        {
            text.lines[place.line].remove(at: blank)
            break
        }
        let indentation = environment.key.mark.column + 1
        text.insert(Self.item(change, indentation: indentation, width: 2), at: environment.key.mark.line)
        let list = YAMLNode.sequence([Self.variable(change)], environment.value.mark)
        return [(text, root.replacing((steps + ["env"])[...], with: list))]
    }

    /// Another value for a variable.
    private func newValues(
        _ change: EnvironmentChange, _ variable: YAMLNode, steps: [String]
    ) throws(Refusal) -> [Candidate] {
        try requireUnshared(variable)
        let expected = root.replacing((steps + ["value"])[...], with: Self.scalar(change.value))
        var text = lines
        guard let value = variable.member("value") else {
            guard let name = variable.member("name"), lines.byte(at: variable.mark) != UInt8(ascii: "{")
            else {
                throw Refusal("the variable is written in flow style")
            }
            let margin = String(repeating: " ", count: variable.mark.column - 1)
            text.insert(["\(margin)value: \"\(change.value)\""], at: name.value.mark.line)
            return [(text, expected)]
        }
        try requireUnshared(value.value)
        guard case .scalar(let scalar) = value.value, let place = lines.place(of: scalar.mark),
            let end = endOfToken(scalar, in: lines.lines[place.line], at: place.offset)
        else { throw Refusal("its value goes over several lines") }
        let quote = lines.byte(at: scalar.mark) == UInt8(ascii: "'") ? "'" : "\""
        let blank = end == place.offset && place.offset > 0 ? " " : ""
        text.lines[place.line].replaceSubrange(
            place.offset..<end, with: Array("\(blank)\(quote)\(change.value)\(quote)".utf8))
        return [(text, expected)]
    }

    // MARK: - Places in the text

    /// The index of the line behind what begins on a line (from 1) and goes on as long as lines are indented deeper.
    /// - Parameter orDash: whether list items at the same depth go with it, as YAML lets them.
    private func endOfBlock(from line: Int, deeperThan column: Int, orDash: Bool = false) -> Int {
        var end = line
        for index in line..<max(line, lines.lines.count) {
            guard let indentation = lines.indentation(of: index) else { continue }
            let isItem =
                orDash && indentation == column && lines.lines[index][indentation] == UInt8(ascii: "-")
            if indentation > column || isItem {
                end = index + 1
            } else if !lines.isComment(index) {
                break
            }
        }
        return end
    }

    /// Whether the document's author indents lists below their key.
    private func isIndented(_ path: YAMLPath) -> Bool {
        guard path.steps.count > 1 else { return true }
        let list = path.steps[path.steps.count - 2]
        guard let key = list.key else { return true }
        return list.node.mark.column > key.mark.column
    }

    /// The offset behind a scalar that is written on one line; `nil` for another.
    private func endOfToken(_ scalar: YAMLScalarNode, in line: [UInt8], at offset: Int) -> Int? {
        guard offset < line.count else { return scalar.text.isEmpty && scalar.isPlain ? offset : nil }
        let quote = line[offset]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let isThere = scalar.isPlain && line[offset...].starts(with: scalar.text.utf8)
            return isThere ? offset + scalar.text.utf8.count : nil
        }
        var index = offset + 1
        while index < line.count {
            if line[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                index += 2
                continue
            }
            if line[index] == quote {
                // An apostrophe inside apostrophes is written twice.
                let isDoubled =
                    quote == UInt8(ascii: "'") && index + 1 < line.count && line[index + 1] == quote
                if !isDoubled { return index + 1 }
                index += 1
            }
            index += 1
        }
        return nil
    }

    // MARK: - What is written

    private static func item(_ change: EnvironmentChange, indentation: Int, width: Int) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        let inner = String(repeating: " ", count: width)
        return [
            "\(margin)-\(inner.dropFirst())name: \(change.name)",
            "\(margin)\(inner)value: \"\(change.value)\"",
        ]
    }

    private static func variable(_ change: EnvironmentChange) -> YAMLNode {
        let mark = YAMLMark(line: 1, column: 1)
        let name = YAMLScalarNode(text: change.name, isPlain: true, hasTag: false, mark: mark)
        return .mapping(
            [(key("name"), .scalar(name)), (key("value"), scalar(change.value))], mark)
    }

    private static func key(_ name: String) -> YAMLNode {
        .scalar(
            YAMLScalarNode(text: name, isPlain: true, hasTag: false, mark: YAMLMark(line: 1, column: 1)))
    }

    /// A string in quotes.
    private static func scalar(_ text: String) -> YAMLNode {
        .scalar(
            YAMLScalarNode(text: text, isPlain: false, hasTag: false, mark: YAMLMark(line: 1, column: 1)))
    }
}

extension YAMLNode {
    /// Whether another node says the same: places do not count, nor does the order of a mapping's members.
    func isSameData(as other: YAMLNode) -> Bool {
        switch (self, other) {
        case (.scalar(let one), .scalar(let two)):
            return one.text == two.text && one.isPlain == two.isPlain && one.hasTag == two.hasTag
        case (.sequence(let one, _), .sequence(let two, _)):
            return one.count == two.count && zip(one, two).allSatisfy { $0.isSameData(as: $1) }
        case (.mapping(let one, _), .mapping(let two, _)):
            return one.count == two.count
                && one.allSatisfy { pair in
                    two.contains {
                        $0.key.isSameData(as: pair.key) && $0.value.isSameData(as: pair.value)
                    }
                }
        default:
            return false
        }
    }

    /// The same node with another one at a place; a member that is missing is added.
    fileprivate func replacing(_ steps: ArraySlice<String>, with node: YAMLNode) -> YAMLNode {
        guard let step = steps.first else { return node }
        let rest = steps.dropFirst()
        switch self {
        case .sequence(var elements, let mark):
            if let index = Int(step), elements.indices.contains(index) {
                elements[index] = elements[index].replacing(rest, with: node)
            }
            return .sequence(elements, mark)
        case .mapping(var pairs, let mark):
            if let index = pairs.firstIndex(where: { $0.key.text == step }) {
                pairs[index].value = pairs[index].value.replacing(rest, with: node)
            } else if rest.isEmpty {
                let key = YAMLScalarNode(text: step, isPlain: true, hasTag: false, mark: mark)
                pairs.append((.scalar(key), node))
            }
            return .mapping(pairs, mark)
        case .scalar:
            return self
        }
    }
}
