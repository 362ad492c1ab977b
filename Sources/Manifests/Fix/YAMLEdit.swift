import Admission
import YAML

/// Puts variables into containers, and lines into texts, of a YAML document by changing its text, and only the lines
/// that it takes.
///
/// A change is only taken when the new text reads as the old document with that change and nothing else: whatever
/// the text looks like, a change that would do more is not made.
struct YAMLEdit {
    /// The document's text.
    private(set) var lines: SourceLines
    private var root: YAMLNode
    /// The way to the place of the last change: one after the other they have most of it in common.
    private var path: YAMLPath
    /// How often the text was read to see what changes do: once for all of them when all is well.
    private(set) var readings = 0
    /// How many bytes of it may still be read for that.
    private(set) var bytesLeft: Int

    /// One change that is wanted.
    enum Change {
        /// A variable of a container, whose place in the document is a JSON Pointer.
        case environment(EnvironmentChange, container: String)
        /// A line of a text, whose place in the document is a JSON Pointer.
        case line(INIEdit, scalar: String)
    }

    /// Why a container is left as it is.
    struct Refusal: Error, Equatable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }

        init(_ error: any Error) {
            switch error {
            case let refusal as Refusal: self = refusal
            case let error as YAMLError:
                reason = "its text cannot be changed by itself: \(error.reason)"
            default: reason = "\(error)"
            }
        }
    }

    /// One way to change the text, and what the document then has to say.
    struct Candidate {
        let edits: [SourceLines.Edit]
        /// Where, as the steps of a JSON Pointer.
        let steps: [String]
        /// What is to stand there.
        let node: YAMLNode

        init(_ edits: [SourceLines.Edit], _ steps: [String], _ node: YAMLNode) {
            self.edits = edits
            self.steps = steps
            self.node = node
        }
    }

    /// - Parameter bytesToRead: how many bytes may be read to see what changes do.
    /// - Throws: ``YAMLError`` or ``Refusal`` when the text is not one YAML document.
    init(_ bytes: [UInt8], bytesToRead: Int) throws {
        bytesLeft = bytesToRead
        lines = SourceLines(bytes)
        root = try Self.read(bytes)
        path = YAMLPath("", from: root)
    }

    private static func read(_ bytes: [UInt8]) throws -> YAMLNode {
        let parser = try YAMLParser(bytes)
        guard let root = try parser.nextDocument(), try parser.nextDocument() == nil else {
            throw Refusal("the text is not one document")
        }
        return root
    }

    /// Makes changes: all of them at once if that can be done, and else as many as can be.
    /// - Returns: why some were not made, by their index.
    mutating func apply(_ changes: [Change]) -> [Int: Refusal] {
        var refused: [Int: Refusal] = [:]
        // Halves of halves, rather than one by one: a few that cannot be made do not cost a reading for each.
        var pending = [0..<changes.count]
        while let range = pending.popLast() {
            var possible: [Int] = []
            var candidates: [[Candidate]] = []
            for index in range where refused[index] == nil {
                do throws(Refusal) {
                    candidates.append(try self.candidates(changes[index]))
                    possible.append(index)
                } catch {
                    refused[index] = error
                }
            }
            switch take(candidates.compactMap(\.first)) {
            case .made: continue
            case .tooLarge(let refusal):
                // Whichever was left out, as many others would be too many: none is looked for.
                for index in possible { refused[index] = refusal }
                continue
            case .wrong: break
            }
            if possible.count > 1 {
                let middle = possible[possible.count / 2]
                pending += [middle..<range.upperBound, range.lowerBound..<middle]
            } else if let index = possible.first, let others = candidates.first?.dropFirst(),
                !others.contains(where: { take([$0]) == .made })
            {
                refused[index] = Refusal(
                    bytesLeft > 0
                        ? "no change of the text does this and nothing else"
                        : "too many containers of its file cannot be changed")
            }
        }
        return refused
    }

    /// What came of changes.
    private enum Outcome: Equatable {
        case made
        /// They would do something else, or more.
        case wrong
        /// With them there would be more in the document than is read.
        case tooLarge(Refusal)
    }

    /// Makes some changes if together they do what they are to do and nothing else.
    private mutating func take(_ candidates: [Candidate]) -> Outcome {
        guard !candidates.isEmpty else { return .made }
        let changedLines = candidates.flatMap(\.edits).compactMap(\.changedLine)
        guard bytesLeft > 0, Set(changedLines).count == changedLines.count else { return .wrong }
        let text = lines.applying(candidates.flatMap(\.edits))
        let bytes = text.bytes
        readings += 1
        bytesLeft -= bytes.count
        let read: YAMLNode
        do {
            read = try Self.read(bytes)
        } catch let error as YAMLError where error.limit == .size {
            return .tooLarge(Refusal("with all that is missing it would be \(error.reason)"))
        } catch {
            return .wrong
        }
        let expected = YAMLReplacement(candidates.map { ($0.steps[...], $0.node) }).applied(to: root)
        guard read.isSameData(as: expected) else { return .wrong }
        lines = text
        root = read
        path = YAMLPath("", from: root)
        return .made
    }

    // MARK: - What is safe

    private mutating func safePath(_ pointer: String) throws(Refusal) -> YAMLPath {
        path.move(to: pointer)
        guard path.isWhole, !path.isMerged else { throw Refusal("it comes out of a merge (<<)") }
        for step in path.steps { try requireUnshared(step.node) }
        guard case .mapping(let pairs, let mark) = path.node else { throw Refusal("it is not a mapping") }
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

    private mutating func candidates(_ wanted: Change) throws(Refusal) -> [Candidate] {
        switch wanted {
        case .environment(let change, let pointer): try candidates(change, in: pointer)
        case .line(let edit, let pointer): [try candidate(edit, of: pointer)]
        }
    }

    private mutating func candidates(
        _ change: EnvironmentChange, in pointer: String
    ) throws(Refusal) -> [Candidate] {
        let path = try safePath(pointer)
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
            throw Refusal("its variables are not a list")
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
        let item = YAMLEditText.item(change, indentation: dash, width: width)
        return [(endOfBlock(from: last.mark.line, deeperThan: dash), variables.count), (key.mark.line, 0)]
            .map { line, index in
                var list = variables
                list.insert(YAMLEditText.variable(change), at: index)
                return Candidate([.insert(item, before: line)], steps, .sequence(list, mark))
            }
    }

    /// A list of variables where there is none, behind one of the members that come first by custom.
    private func newLists(_ change: EnvironmentChange, _ path: YAMLPath, steps: [String]) -> [Candidate] {
        guard case .mapping(let pairs, let mark) = path.node else { return [] }
        let customary: Set<String> = ["name", "image", "imagePullPolicy", "command", "args", "workingDir"]
        let column = mark.column - 1
        let margin = String(repeating: " ", count: column)
        let dash = column + (isIndented(path) ? 2 : 0)
        let block = [margin + "env:"] + YAMLEditText.item(change, indentation: dash, width: 2)
        let list = YAMLNode.sequence([YAMLEditText.variable(change)], mark)
        let neighbours = pairs.filter { $0.key.text.map(customary.contains) ?? false }
        return neighbours.reversed().map { neighbour in
            let line = endOfBlock(from: neighbour.key.mark.line, deeperThan: column, orDash: true)
            return Candidate([.insert(block, before: line)], steps + ["env"], list)
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
        var line = lines.lines[place.line]
        line.removeSubrange(place.offset..<(place.offset + token.utf8.count))
        // The blank before the token goes with it.
        if !token.isEmpty, let blank = line[..<place.offset].lastIndex(of: 0x20), blank > 0,
            line[blank - 1] != 0x20
        {
            line.remove(at: blank)
        }
        let indentation = environment.key.mark.column + 1
        let item = YAMLEditText.item(change, indentation: indentation, width: 2)
        return [
            Candidate(
                [
                    .replace(line: place.line, with: line),
                    .insert(item, before: environment.key.mark.line),
                ], steps + ["env"],
                .sequence([YAMLEditText.variable(change)], environment.value.mark))
        ]
    }

    /// Another value for a variable.
    private func newValues(
        _ change: EnvironmentChange, _ variable: YAMLNode, steps: [String]
    ) throws(Refusal) -> [Candidate] {
        try requireUnshared(variable)
        let steps = steps + ["value"]
        let node = YAMLEditText.scalar(change.value)
        guard let value = variable.member("value") else {
            guard let name = variable.member("name"), lines.byte(at: variable.mark) != UInt8(ascii: "{")
            else {
                throw Refusal("the variable is written in flow style")
            }
            let margin = String(repeating: " ", count: variable.mark.column - 1)
            let line = "\(margin)value: \"\(change.value)\""
            return [Candidate([.insert([line], before: name.value.mark.line)], steps, node)]
        }
        try requireUnshared(value.value)
        guard case .scalar(let scalar) = value.value, let place = lines.place(of: scalar.mark),
            let end = endOfToken(scalar, in: lines.lines[place.line], at: place.offset)
        else { throw Refusal("its value goes over several lines") }
        let quote = lines.byte(at: scalar.mark) == UInt8(ascii: "'") ? "'" : "\""
        let blank = end == place.offset && place.offset > 0 ? " " : ""
        var line = lines.lines[place.line]
        line.replaceSubrange(
            place.offset..<end, with: Array("\(blank)\(quote)\(change.value)\(quote)".utf8))
        return [Candidate([.replace(line: place.line, with: line)], steps, node)]
    }

    /// Another line for a text that is written as a block.
    private mutating func candidate(_ edit: INIEdit, of pointer: String) throws(Refusal) -> Candidate {
        let steps = JSONPointer.steps(of: pointer)
        path.move(to: pointer)
        guard path.isWhole, !path.isMerged else { throw Refusal("it comes out of a merge (<<)") }
        for step in path.steps { try requireUnshared(step.node) }
        guard case .scalar(let scalar) = path.node, let begin = lines.place(of: scalar.mark),
            lines.byte(at: scalar.mark) == UInt8(ascii: "|")
        else { throw Refusal("it is not written as a block of lines (|)") }
        let first = begin.line + 1
        let text = edit.text
        let node = YAMLNode.scalar(
            YAMLScalarNode(text: text, isPlain: false, hasTag: false, mark: scalar.mark))
        switch edit.change {
        case .insert(let new, let line):
            let index = first + line
            guard lines.lines.indices.contains(index) else {
                throw Refusal("its text is not where it should be")
            }
            return Candidate(
                [.insert([margin(of: index, before: new) + new], before: index + 1)], steps, node)
        case .replace(let line, let new):
            let index = first + line
            guard lines.lines.indices.contains(index) else {
                throw Refusal("its text is not where it should be")
            }
            let lineBreak = lines.lines[index].reversed().prefix { $0 == 0x0A || $0 == 0x0D }.reversed()
            let bytes = Array((margin(of: index, before: new) + new).utf8) + lineBreak
            return Candidate([.replace(line: index, with: bytes)], steps, node)
        }
    }

    /// What stands before a block's own text on a line: its indentation, without the text's own.
    private func margin(of index: Int, before text: String) -> String {
        let own = text.utf8.prefix { $0 == 0x20 }.count
        return String(repeating: " ", count: max(0, (lines.indentation(of: index) ?? 0) - own))
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
}
