/// uWSGI's reading of json files: the members of one object of the root, lists giving an option for each element.
///
/// A reader of its own, and not the package's `JSON`, because uWSGI takes a number's text as it stands (`1e3` is
/// max-fd 1), yajl takes comments and keeps every member of one name in order, and findings name lines: simdjson's
/// view of a document has none of these. Source: core/json.c; jansson, which other builds have, differs in refusing
/// comments, where uWSGI exits.
struct JSONConfiguration {
    /// Deeper nesting than this is not followed.
    private static let deepest = 512

    private var scanner: JSONScanner
    private var options: [ParsedConfiguration.Option] = []
    private var levels: [Level] = []
    /// Whether the asked object was found, and whether it is one.
    private var asked: Bool?
    private var isInside = false

    static func read(_ text: MagicText, section: ConfigurationText) -> ParsedConfiguration {
        // What a C reader would meet behind the end is not known.
        guard !text.hasNUL, !text.endsInPercent else { return .unreadable() }
        let scanner = JSONScanner(text)
        var reader = JSONConfiguration(scanner: scanner)
        do throws(JSONScanner.Malformed) {
            return try reader.read(section)
        } catch {
            // What a mark stands for may make sense of it.
            guard scanner.isKnown else { return .unreadable() }
            return .failure("it is not JSON: \(error.reason)", line: reader.scanner.lineNumber)
        }
    }

    private init(scanner: JSONScanner) { self.scanner = scanner }

    // MARK: Structure

    /// An open object or list.
    private struct Level {
        var isObject: Bool
        /// The name of the member that is being read.
        var name: ConfigurationText?
    }

    private mutating func read(
        _ section: ConfigurationText
    ) throws(JSONScanner.Malformed) -> ParsedConfiguration {
        repeat {
            scanner.skipBlanks()
            if levels.last?.isObject == true { levels[levels.count - 1].name = try scanner.name() }
            let line = scanner.lineNumber
            let byte = scanner.peek()
            if levels.count == 1, levels[0].name == section, asked == nil {
                asked = byte == UInt8(ascii: "{")
                isInside = true
            }
            if let byte, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard levels.count < Self.deepest else { return .unreadable(line: line) }
                _ = scanner.take(byte)
                levels.append(Level(isObject: byte == UInt8(ascii: "{")))
                scanner.skipBlanks()
                // `}` and `]` stand two behind their like in ASCII.
                guard scanner.peek() == byte + 2 else { continue }
                try closeLevel()
            } else {
                let value = try scanner.scalar()
                if let name = optionName {
                    options.append(ParsedConfiguration.Option(name: name, value: value, line: line))
                }
            }
            try close()
        } while !levels.isEmpty
        scanner.skipBlanks()
        guard scanner.peek() == nil else { throw JSONScanner.Malformed(reason: "something follows its end") }
        guard asked == true else {
            return .failure("there is no object \"\(section.string)\" in it", line: 1)
        }
        return ParsedConfiguration(options: options)
    }

    /// The option that a scalar here belongs to: a member of the asked object, or an element of a list that is one.
    private var optionName: ConfigurationText? {
        guard isInside else { return nil }
        return switch levels.count {
        case 2: levels[1].name
        case 3 where !levels[2].isObject: levels[1].name
        default: nil
        }
    }

    /// After a value: closes what ends here, and takes the comma before what follows.
    private mutating func close() throws(JSONScanner.Malformed) {
        while !levels.isEmpty {
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: ",")) { break }
            try closeLevel()
        }
        if levels.count <= 1 { isInside = false }
    }

    private mutating func closeLevel() throws(JSONScanner.Malformed) {
        guard let level = levels.popLast(), scanner.take(UInt8(ascii: level.isObject ? "}" : "]")) else {
            throw JSONScanner.Malformed(reason: "a comma or an end is missing")
        }
    }
}
