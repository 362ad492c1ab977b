import YAML

/// A text as lines, each with its line break, counted as libyaml counts them.
struct SourceLines {
    private(set) var lines: [[UInt8]] = []
    /// For long lines that are not all ASCII: the offset of every so many-th character.
    private var marks: [Int: [Int]] = [:]

    /// Lines of more bytes are long: what is looked for in them is not to be counted off each time.
    private static let longLine = 1024
    private static let charactersApart = 256

    /// One change of the text. Lines are counted from 0.
    enum Edit {
        /// More lines, which are given without line breaks, before a line or at the end.
        case insert([String], before: Int)
        /// Another text for a line, with its line break.
        case replace(line: Int, with: [UInt8])

        /// The line whose text it changes.
        var changedLine: Int? {
            if case .replace(let line, _) = self { line } else { nil }
        }
    }

    /// In addition to LF, CR and both, libyaml takes NEL, LS and PS for line breaks (YAML 1.1, section 4.1.4).
    init(_ bytes: [UInt8]) {
        var start = 0
        var index = 0
        while index < bytes.count {
            let length = Self.lineBreak(in: bytes, at: index)
            if length == 0 {
                index += 1
            } else {
                index += length
                append(Array(bytes[start..<index]))
                start = index
            }
        }
        if start < bytes.count { append(Array(bytes[start...])) }
    }

    private mutating func append(_ line: [UInt8]) {
        if line.count > Self.longLine, line.contains(where: { $0 >= 0x80 }) {
            let starts = line.indices.lazy.filter { line[$0] & 0xC0 != 0x80 }
            marks[lines.count] = starts.enumerated().filter { $0.offset % Self.charactersApart == 0 }
                .map(\.element)
        }
        lines.append(line)
    }

    var bytes: [UInt8] { Array(lines.joined()) }

    /// The length of the line break at a position; 0 when there is none.
    private static func lineBreak(in bytes: [UInt8], at index: Int) -> Int {
        func byte(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }
        switch bytes[index] {
        case 0x0A: return 1
        case 0x0D: return byte(1) == 0x0A ? 2 : 1
        case 0xC2: return byte(1) == 0x85 ? 2 : 0
        case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
        default: return 0
        }
    }

    /// The byte at a mark, `nil` behind the end.
    func byte(at mark: YAMLMark) -> UInt8? {
        guard let (line, offset) = place(of: mark) else { return nil }
        return offset < lines[line].count ? lines[line][offset] : nil
    }

    /// The index of a mark's line, and how many bytes of the line stand before it.
    func place(of mark: YAMLMark) -> (line: Int, offset: Int)? {
        guard mark.line >= 1, mark.line <= lines.count, mark.column >= 1 else { return nil }
        let line = lines[mark.line - 1]
        let wanted = mark.column - 1
        guard let marks = marks[mark.line - 1] else {
            return (mark.line - 1, Self.offset(of: wanted, in: line, from: 0))
        }
        guard
            let known = marks.indices.contains(wanted / Self.charactersApart)
                ? marks[wanted / Self.charactersApart] : nil
        else { return (mark.line - 1, line.count) }
        return (mark.line - 1, Self.offset(of: wanted % Self.charactersApart, in: line, from: known))
    }

    /// The offset of a character (from 0) behind an offset; the end of the line where there are fewer.
    private static func offset(of character: Int, in line: [UInt8], from start: Int) -> Int {
        // Long lines with marks are asked for few characters; without marks they are all ASCII.
        if line.count > longLine, start == 0, character >= charactersApart {
            return min(character, line.count)
        }
        var offset = start
        var characters = 0
        while characters < character, offset < line.count {
            offset += 1
            // The other bytes of a character go with the first.
            while offset < line.count, line[offset] & 0xC0 == 0x80 { offset += 1 }
            characters += 1
        }
        return offset
    }

    /// How many spaces a line begins with; `nil` when nothing else is on it.
    func indentation(of line: Int) -> Int? {
        lines[line].firstIndex { $0 != 0x20 }.flatMap { first in
            lines[line][first] == 0x0A || lines[line][first] == 0x0D ? nil : first
        }
    }

    func isComment(_ line: Int) -> Bool {
        lines[line].first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
    }

    /// The text with some changes made, no two of them to one line.
    func applying(_ edits: [Edit]) -> SourceLines {
        var inserted: [Int: [[String]]] = [:]
        var replaced: [Int: [UInt8]] = [:]
        for edit in edits {
            switch edit {
            case .insert(let texts, let index): inserted[index, default: []].append(texts)
            case .replace(let line, let text): replaced[line] = text
            }
        }
        var result: [UInt8] = []
        for index in 0...lines.count {
            let previous = index > 0 ? replaced[index - 1] ?? lines[index - 1] : lines.first ?? []
            for texts in inserted[index] ?? [] {
                insert(texts, behind: previous, isFirst: index == 0, to: &result)
            }
            if index < lines.count { result += replaced[index] ?? lines[index] }
        }
        return SourceLines(result)
    }

    /// Writes lines with the line break that is used around the place.
    private func insert(_ texts: [String], behind line: [UInt8], isFirst: Bool, to result: inout [UInt8]) {
        let own = Self.lineBreak(of: line)
        guard own.isEmpty, !isFirst else {
            for text in texts { result += Array(text.utf8) + (own.isEmpty ? usualLineBreak : own) }
            return
        }
        // The text ends without a line break, and will do so still.
        for text in texts { result += usualLineBreak + Array(text.utf8) }
    }

    private var usualLineBreak: [UInt8] {
        let lineBreak = lines.first.map { Self.lineBreak(of: $0) } ?? []
        return lineBreak.isEmpty ? [0x0A] : lineBreak
    }

    private static func lineBreak(of line: [UInt8]) -> [UInt8] {
        if line.suffix(2) == [0x0D, 0x0A] { return [0x0D, 0x0A] }
        return line.last == 0x0A ? [0x0A] : []
    }
}
