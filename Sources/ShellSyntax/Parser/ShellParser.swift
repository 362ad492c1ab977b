/// Reads a shell script into commands, without running anything.
///
/// The grammar is that of POSIX.1-2024, Shell Command Language, 2.9 and 2.10, and of bash 5.2 where the dialect is
/// bash's. What is flat in the language is read by loops; what nests is read by recursion, whose depth is counted.
public struct ShellParser {
    /// How deep lists and expansions nest in what is read, unless the caller says otherwise.
    public static let deepest = 32
    /// The longest script that is read, in bytes: the most that a ConfigMap holds.
    public static let longest = 1 << 20

    var scanner: ShellScanner
    let dialect: ShellDialect
    let deepest: Int
    /// How deep the script itself is nested in others.
    private let depthOfScript: Int
    var depth: Int
    /// Where the last token ended, before blanks and comments.
    var tokenEnd = 0
    /// The literal that is being collected: one buffer for all words.
    var literal: [UInt8] = []

    // What is known of places of the script from reading them before.

    /// Here-documents, by the place of their operator.
    var documents: [Int: HereDocument] = [:]
    /// Here-documents whose text begins after the next newline.
    var pendingDocuments: [PendingDocument] = []
    /// Whether a here-document was met whose text was not known when its command was read.
    var hasNewDocuments = false
    /// Backquoted commands, by the place where they begin.
    var backquoted: [Int: BackquotedCommands] = [:]
    /// Where `((` begins something other than arithmetic.
    var notArithmetic: Set<Int> = []
    /// Whether a line was read that only bash reads: see ``ShellScript/bashStart``.
    var hasBashLine = false
    /// Where a bracket behind a name is a glob's, not a subscript's.
    var plainBrackets: Set<Int> = []

    init(scanner: ShellScanner, dialect: ShellDialect, depth: Int, deepest: Int) {
        self.scanner = scanner
        self.dialect = dialect
        self.depth = depth
        depthOfScript = depth
        self.deepest = deepest
    }

    // MARK: Scripts

    /// Reads a script.
    ///
    /// Shells run each line before they read the next. So of a script that is malformed further down, nests too
    /// deep there or is too long, the lines before are returned, and the rest as its source.
    /// - Parameters:
    ///   - depth: how deep the script itself is nested in others.
    ///   - deepest: the depth at which reading stops. A level takes up to 10 KiB of stack in a build for
    ///     debugging, so that 512 KiB hold the usual depth with a third left.
    public static func parse(
        _ script: String, dialect: ShellDialect, depth: Int = 0, deepest: Int = ShellParser.deepest
    ) -> ShellScript {
        parse(Array(script.utf8), dialect: dialect, depth: depth, deepest: deepest)
    }

    /// Reads a script, which may hold any bytes.
    public static func parse(
        _ script: [UInt8], dialect: ShellDialect, depth: Int = 0, deepest: Int = ShellParser.deepest
    ) -> ShellScript {
        guard script.count <= longest else { return ShellScript(list: ShellList(), unread: script[...]) }
        var parser = ShellParser(
            scanner: ShellScanner(script), dialect: dialect, depth: depth, deepest: deepest)
        return parser.parseScript()
    }

    mutating func parseScript() -> ShellScript {
        var list = ShellList()
        var lineStart = 0
        var bashStart: Int?
        do throws(ShellError) {
            try descend()
            while true {
                try skipLines()
                guard !scanner.isAtEnd else { break }
                lineStart = scanner.index
                let count = list.elements.count
                try parseLine(into: &list)
                if hasBashLine, bashStart == nil { bashStart = count }
            }
            ascend()
            return ShellScript(list: list, bashStart: bashStart, work: scanner.work)
        } catch {
            if error == .onlyInBash,
                let script = readingInBash(list, from: lineStart, bashStart ?? list.elements.count)
            {
                return script
            }
            return ShellScript(
                list: list, unread: scanner.bytes[lineStart...], bashStart: bashStart, work: scanner.work)
        }
    }

    /// Reads the lines that are not POSIX's as bash does, which may have the name of sh.
    /// - Returns: `nil` where bash does not read them either.
    private func readingInBash(_ list: ShellList, from start: Int, _ bashStart: Int) -> ShellScript? {
        var rest = scanner.nested(scanner.bytes)
        rest.index = start
        var parser = ShellParser(scanner: rest, dialect: .bash, depth: depthOfScript, deepest: deepest)
        var script = parser.parseScript()
        if script.list.elements.isEmpty { return nil }
        script.list.elements = list.elements + script.list.elements
        script.bashStart = bashStart
        return script
    }

    /// Reads one line, and the lines that its commands go on in. Nothing of it is kept if it cannot be read.
    private mutating func parseLine(into list: inout ShellList) throws(ShellError) {
        let start = scanner.index
        hasNewDocuments = false
        var line = ShellList()
        try parseLineOnce(into: &line)
        if hasNewDocuments {
            // A here-document follows its command. Now its place is known.
            scanner.index = start
            line = ShellList()
            try parseLineOnce(into: &line)
        }
        if list.elements.isEmpty { list = line } else { list.elements += line.elements }
    }

    private mutating func parseLineOnce(into list: inout ShellList) throws(ShellError) {
        while true {
            let isSeparated = try parseAndOr(into: &list)
            scanner.skipBlanks()
            if scanner.isAtEnd { return }
            if try takeNewline() { return }
            guard isSeparated else { throw .malformed }
        }
    }

    // MARK: Bounds

    mutating func descend() throws(ShellError) {
        guard depth < deepest else { throw .tooDeep }
        guard !scanner.isWorkDone else { throw .tooLaborious }
        depth += 1
    }

    mutating func ascend() { depth -= 1 }

    // MARK: Lines

    /// Takes a newline, and the here-documents that begin after it.
    mutating func takeNewline() throws(ShellError) -> Bool {
        guard scanner.peek() == 0x0A else { return false }
        guard !scanner.isWorkDone else { throw .tooLaborious }
        scanner.advance()
        if !pendingDocuments.isEmpty { try locateDocuments() }
        return true
    }

    /// Skips blanks, comments and newlines.
    mutating func skipLines() throws(ShellError) {
        scanner.skipBlanks()
        while try takeNewline() { scanner.skipBlanks() }
    }
}
