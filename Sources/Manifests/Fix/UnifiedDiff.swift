import Basics

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
        lines = Self.compare(Self.split(old), Self.split(new))
    }

    /// How far apart two lines may be that are taken for the same one.
    private static let reach = 32

    /// Walks both texts at once, and looks for the next place where they agree when they differ: not always the
    /// shortest difference, but one that is found in a time in proportion to the text.
    private static func compare(_ old: [[UInt8]], _ new: [[UInt8]]) -> [Line] {
        var result: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if before < old.count, after < new.count, old[before] == new[after] {
                result.append(.kept(old[before]))
                before += 1
                after += 1
                continue
            }
            let (removed, added) = nextAgreement(old[before...], new[after...])
            result += old[before..<(before + removed)].map { .removed($0) }
            result += new[after..<(after + added)].map { .added($0) }
            before += removed
            after += added
        }
        return result
    }

    /// How many lines of each are to be left out until they agree again.
    private static func nextAgreement(
        _ old: ArraySlice<[UInt8]>, _ new: ArraySlice<[UInt8]>
    ) -> (removed: Int, added: Int) {
        // Of two lines in a row, if there are any: one alone, a brace for instance, may agree by chance.
        for agreeing in [2, 1] {
            for distance in 1...reach {
                for removed in 0...distance where removed <= old.count && distance - removed <= new.count {
                    let (oldRest, newRest) = (old.dropFirst(removed), new.dropFirst(distance - removed))
                    // Two texts that end agree, too, but only when nothing else does.
                    guard agreeing == 1 || !oldRest.isEmpty else { continue }
                    if oldRest.prefix(agreeing).elementsEqual(newRest.prefix(agreeing)) {
                        return (removed, distance - removed)
                    }
                }
            }
        }
        return (min(1, old.count), min(1, new.count))
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
    ///   needs the bytes as they are.
    public func rendered(style: TextStyle?) -> [UInt8] {
        guard lines.contains(where: { !$0.isKept }) else { return [] }
        var result: [UInt8] = []
        add("--- \(path)", to: &result, paint(style) { $0.bold($1) })
        add("+++ \(path)", to: &result, paint(style) { $0.bold($1) })
        var (oldLine, newLine, position) = (0, 0, 0)
        for hunk in hunks() {
            let skipped = lines[position..<hunk.lowerBound]
            oldLine += skipped.count(where: \.isInOld)
            newLine += skipped.count(where: \.isInNew)
            add(hunk, oldLine: oldLine, newLine: newLine, to: &result, style)
            oldLine += lines[hunk].count(where: \.isInOld)
            newLine += lines[hunk].count(where: \.isInNew)
            position = hunk.upperBound
        }
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

    /// - Parameters:
    ///   - oldLine: how many lines of the old text stand before the stretch.
    ///   - newLine: and of the new one.
    private func add(
        _ hunk: Range<Int>, oldLine: Int, newLine: Int, to result: inout [UInt8], _ style: TextStyle?
    ) {
        let shown = lines[hunk]
        func position(_ before: Int, _ count: Int) -> String {
            let start = before + (count == 0 ? 0 : 1)
            return count == 1 ? "\(start)" : "\(start),\(count)"
        }
        let old = position(oldLine, shown.count(where: \.isInOld))
        let new = position(newLine, shown.count(where: \.isInNew))
        add("@@ -\(old) +\(new) @@", to: &result, nil)
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
