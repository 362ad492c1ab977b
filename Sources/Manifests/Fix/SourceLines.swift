import YAML

/// A text as lines, each with its line break, counted as libyaml counts them.
struct SourceLines {
    var lines: [[UInt8]]

    /// Besides LF, CR and both, libyaml takes NEL, LS and PS for line breaks (YAML 1.1, section 4.1.4).
    init(_ bytes: [UInt8]) {
        lines = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let length = Self.lineBreak(in: bytes, at: index)
            if length == 0 {
                index += 1
            } else {
                index += length
                lines.append(Array(bytes[start..<index]))
                start = index
            }
        }
        if start < bytes.count { lines.append(Array(bytes[start...])) }
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
        var offset = 0
        var characters = 0
        let line = lines[mark.line - 1]
        while characters < mark.column - 1, offset < line.count {
            offset += 1
            // The other bytes of a character go with the first.
            while offset < line.count, line[offset] & 0xC0 == 0x80 { offset += 1 }
            characters += 1
        }
        return (mark.line - 1, offset)
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

    /// Inserts lines, which are given without line breaks, with the line break that is used around the place.
    mutating func insert(_ texts: [String], at index: Int) {
        let neighbour = lines[max(0, min(index, lines.count) - 1)]
        var lineBreak = lines.first.map { Self.lineBreak(of: $0) } ?? []
        if lineBreak.isEmpty { lineBreak = [0x0A] }
        let own = Self.lineBreak(of: neighbour)
        var inserted = texts.map { Array($0.utf8) + (own.isEmpty ? lineBreak : own) }
        if own.isEmpty, index > 0, let last = inserted.indices.last {
            // The text ends without a line break, and will do so still.
            lines[index - 1] += lineBreak
            inserted[last].removeLast(lineBreak.count)
        }
        lines.insert(contentsOf: inserted, at: index)
    }

    private static func lineBreak(of line: [UInt8]) -> [UInt8] {
        if line.suffix(2) == [0x0D, 0x0A] { return [0x0D, 0x0A] }
        return line.last == 0x0A ? [0x0A] : []
    }
}
