import Basics

/// What an XML text consists of, one piece after the other: as much of XML as configurations use.
///
/// What is not followed (a document type's own entities, other encodings) is said to be so, and never guessed.
struct XMLScanner {
    enum Piece: Equatable {
        case start(name: ConfigurationText, attributes: [Attribute], isEmpty: Bool)
        case end(name: ConfigurationText)
        case text(ConfigurationText)
        case cdata(ConfigurationText)
        case comment(ConfigurationText)
        case instruction
        case atEnd
    }

    struct Attribute: Equatable {
        var name: ConfigurationText
        var value: ConfigurationText
    }

    enum Problem: Error, Equatable {
        /// It is not well-formed: `libxml2` refuses it.
        case malformed(String)
        /// It may well be, but is not followed here.
        case unsupported
    }

    private let bytes: ConfigurationText
    private var index = 0
    private(set) var line = 0

    init(_ bytes: ConfigurationText) throws(Problem) {
        self.bytes = bytes
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed("it is not UTF-8") }
        guard !bytes.contains(where: { (1..<0x20).contains($0) && ![9, 10, 13].contains($0) }) else {
            throw .malformed("it contains a control character")
        }
    }

    mutating func next() throws(Problem) -> Piece {
        guard index < bytes.count else { return .atEnd }
        guard bytes[index] == UInt8(ascii: "<") else { return .text(try text()) }
        if take("<!--") { return .comment(try until("-->", "a comment does not end")) }
        if take("<![CDATA[") { return .cdata(Self.lines(try until("]]>", "a CDATA section does not end"))) }
        // A document type may declare entities and default attributes.
        if take("<!") { throw .unsupported }
        if take("<?") {
            let text = try until("?>", "an instruction does not end")
            try checkEncoding(text)
            return .instruction
        }
        if take("</") {
            let name = try name()
            skipBlanks()
            guard take(">") else { throw .malformed("an end tag does not end") }
            return .end(name: name)
        }
        advance(1)
        return try startTag()
    }

    private mutating func startTag() throws(Problem) -> Piece {
        let name = try name()
        var attributes: [Attribute] = []
        while true {
            let hadBlank = skipBlanks()
            if take("/>") { return .start(name: name, attributes: attributes, isEmpty: true) }
            if take(">") { return .start(name: name, attributes: attributes, isEmpty: false) }
            guard hadBlank else { throw .malformed("a tag does not end") }
            let attribute = try self.name()
            skipBlanks()
            guard take("=") else { throw .malformed("an attribute has no value") }
            skipBlanks()
            guard let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw .malformed("an attribute's value has no quotes")
            }
            advance(1)
            let end = bytes[index...].firstIndex(of: quote) ?? bytes.count
            let raw = Array(bytes[index..<end])
            guard end < bytes.count, !raw.contains(UInt8(ascii: "<")) else {
                throw .malformed("an attribute's value does not end")
            }
            advance(raw.count + 1)
            guard !attributes.contains(where: { $0.name == attribute }), attributes.count < 64 else {
                throw attributes.count < 64 ? .malformed("an attribute appears twice") : .unsupported
            }
            attributes.append(Attribute(name: attribute, value: try Self.expanded(raw)))
        }
    }

    /// Only ASCII names without a prefix are followed: `libxml2` gives uWSGI the part behind a prefix.
    private mutating func name() throws(Problem) -> ConfigurationText {
        let start = index
        while let byte = peek(), Self.isInName(byte) { index += 1 }
        if let byte = peek(), byte == UInt8(ascii: ":") || byte >= 0x80 || byte == 0 { throw .unsupported }
        guard start < index, !"-.0123456789".utf8.contains(bytes[start]) else {
            throw .malformed("a name is missing")
        }
        return Array(bytes[start..<index])
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        byte.isIdentifierByte || "-.".utf8.contains(byte)
    }

    private mutating func text() throws(Problem) -> ConfigurationText {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        let raw = Array(bytes[index..<end])
        advance(raw.count)
        guard !Self.includes(raw, "]]>") else { throw .malformed("]]> stands in a text") }
        return try Self.expanded(Self.lines(raw))
    }

    /// With references replaced by what they stand for.
    private static func expanded(_ raw: ConfigurationText) throws(Problem) -> ConfigurationText {
        guard raw.contains(UInt8(ascii: "&")) else { return raw }
        var result: ConfigurationText = []
        var rest = raw[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                result.append(byte)
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else {
                throw .malformed("a reference does not end")
            }
            let name = Array(rest[..<end]).string
            rest = rest[(end + 1)...]
            result += try character(name)
        }
        return result
    }

    private static func character(_ name: String) throws(Problem) -> ConfigurationText {
        switch name {
        case "lt": return [0x3C]
        case "gt": return [0x3E]
        case "amp": return [0x26]
        case "quot": return [0x22]
        case "apos": return [0x27]
        default: break
        }
        guard name.hasPrefix("#") else { throw .unsupported }
        let digits = name.dropFirst(name.hasPrefix("#x") ? 2 : 1)
        guard digits.utf8.first != UInt8(ascii: "+"),
            let number = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10),
            let scalar = Unicode.Scalar(number), number >= 0x20 || [9, 10, 13].contains(number)
        else { throw .malformed("a reference does not name a character") }
        return Array(String(Character(scalar)).utf8)
    }

    /// XML's line ends: a line feed for each kind.
    private static func lines(_ raw: ConfigurationText) -> ConfigurationText {
        raw.contains(0x0D) ? raw.replacing([0x0D, 0x0A], with: [0x0A]).map { $0 == 0x0D ? 0x0A : $0 } : raw
    }

    private func checkEncoding(_ instruction: ConfigurationText) throws(Problem) {
        guard instruction.starts(with: "xml ".utf8), Self.includes(instruction, "encoding") else { return }
        let lower = instruction.string.lowercased()
        guard lower.contains("\"utf-8\"") || lower.contains("'utf-8'") else { throw .unsupported }
    }

    private static func includes(_ bytes: ConfigurationText, _ part: StaticString) -> Bool {
        let part = ConfigurationText(part)
        guard let first = part.first else { return true }
        return bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: part) }
    }

    // MARK: Characters

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func advance(_ count: Int) {
        for byte in bytes[index..<min(index + count, bytes.count)] where byte == 0x0A { line += 1 }
        index = min(index + count, bytes.count)
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let text = ConfigurationText(text)
        guard bytes[index...].starts(with: text) else { return false }
        advance(text.count)
        return true
    }

    private mutating func until(_ end: StaticString, _ reason: String) throws(Problem) -> ConfigurationText {
        let end = ConfigurationText(end)
        var position = index
        while position < bytes.count {
            if bytes[position] == end[0], bytes[position...].starts(with: end) {
                let text = Array(bytes[index..<position])
                advance(text.count + end.count)
                return text
            }
            position += 1
        }
        throw .malformed(reason)
    }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        let start = index
        while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { advance(1) }
        return index > start
    }
}
