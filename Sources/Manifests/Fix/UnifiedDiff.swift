/// The difference between two texts, in the form that diff -u and git write.
public struct UnifiedDiff {
    /// How many unchanged lines are shown around a change.
    private static let context = 3

    /// One line of the old text, the new one, or both.
    private enum Line {
        case kept([UInt8])
        case removed([UInt8])
        case added([UInt8])

        var isKept: Bool {
            if case .kept = self { true } else { false }
        }

        var isInOld: Bool {
            if case .added = self { false } else { true }
        }

        var isInNew: Bool {
            if case .removed = self { false } else { true }
        }
    }

    private let path: String
    private let lines: [Line]

    /// - Parameter path: what the text is called in the head of the difference.
    public init(from old: [UInt8], to new: [UInt8], path: String) {
        self.path = path
        let old = Self.split(old)
        let new = Self.split(new)
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if removed.contains(before) {
                lines.append(.removed(old[before]))
                before += 1
            } else if added.contains(after) {
                lines.append(.added(new[after]))
                after += 1
            } else if before < old.count, after < new.count {
                lines.append(.kept(old[before]))
                before += 1
                after += 1
            } else {
                break
            }
        }
        self.lines = lines
    }

    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            result.append(Array(bytes[start...index]))
            start = index + 1
        }
        if start < bytes.count { result.append(Array(bytes[start...])) }
        return result
    }

    /// The whole text; empty when there is no difference.
    /// - Parameter style: for a terminal, on which nothing is shown that could steer it; `nil` for a reader that
    ///   wants the bytes as they are.
    public func rendered(style: TextStyle?) -> [UInt8] {
        guard lines.contains(where: { !$0.isKept }) else { return [] }
        var result: [UInt8] = []
        add("--- \(path)", to: &result, paint(style) { $0.bold($1) })
        add("+++ \(path)", to: &result, paint(style) { $0.bold($1) })
        for hunk in hunks() { add(hunk, to: &result, style) }
        return result
    }

    /// The stretches that are shown.
    private func hunks() -> [Range<Int>] {
        var result: [Range<Int>] = []
        for index in lines.indices where !lines[index].isKept {
            let range = max(0, index - Self.context)..<min(lines.count, index + Self.context + 1)
            if let last = result.last, last.upperBound >= range.lowerBound {
                result[result.count - 1] = last.lowerBound..<range.upperBound
            } else {
                result.append(range)
            }
        }
        return result
    }

    private func add(_ hunk: Range<Int>, to result: inout [UInt8], _ style: TextStyle?) {
        let before = lines[..<hunk.lowerBound]
        let shown = lines[hunk]
        func position(_ isIn: (Line) -> Bool) -> String {
            let count = shown.count(where: isIn)
            let start = before.count(where: isIn) + (count == 0 ? 0 : 1)
            return count == 1 ? "\(start)" : "\(start),\(count)"
        }
        add("@@ -\(position(\.isInOld)) +\(position(\.isInNew)) @@", to: &result, nil)
        for line in shown {
            switch line {
            case .kept(let bytes): add(" ", bytes, to: &result, paint(style) { $1 })
            case .removed(let bytes): add("-", bytes, to: &result, paint(style) { $0.red($1) })
            case .added(let bytes): add("+", bytes, to: &result, paint(style) { $0.green($1) })
            }
        }
    }

    /// What is done to text for a terminal; `nil` where the bytes are to be as they are.
    private func paint(
        _ style: TextStyle?, _ body: @escaping (TextStyle, String) -> String
    ) -> ((String) -> String)? {
        style.map { style in { body(style, $0) } }
    }

    private func add(_ text: String, to result: inout [UInt8], _ paint: ((String) -> String)?) {
        result += (paint?(PrintableText.of(text)) ?? text).utf8
        result.append(0x0A)
    }

    private func add(
        _ sign: String, _ bytes: [UInt8], to result: inout [UInt8], _ paint: ((String) -> String)?
    ) {
        let hasLineFeed = bytes.last == 0x0A
        if let paint {
            var text = bytes[...]
            if hasLineFeed { text = text.dropLast() }
            if text.last == 0x0D { text = text.dropLast() }
            result += paint(PrintableText.of(sign + String(decoding: text, as: UTF8.self))).utf8
            result.append(0x0A)
        } else {
            result += Array(sign.utf8) + bytes
            if !hasLineFeed { result.append(0x0A) }
        }
        if !hasLineFeed { result += "\\ No newline at end of file\n".utf8 }
    }
}
