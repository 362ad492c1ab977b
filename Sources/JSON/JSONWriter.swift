import Basics

/// Writes one JSON text (RFC 8259) at the end of a buffer, in the order of the calls.
///
/// Strings are escaped so that the text stays on one line and shows nothing on a terminal but itself: in addition to
/// what the RFC demands, control characters (C0, DEL, C1), line and paragraph separators, byte order marks and
/// the characters that change the direction of text are written as `\uXXXX`.
public struct JSONWriter {
    /// All that has been written, behind whatever was there before.
    public private(set) var bytes: [UInt8]
    /// Whether the next value or name follows another one in the same array or object.
    private var needsComma = false

    public init(appendingTo bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// - Parameter capacity: how long the text will be at least, in bytes.
    public init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object whose members `body` writes.
    public mutating func object<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try nest(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), body)
    }

    /// Writes an array whose elements `body` writes.
    public mutating func array<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try nest(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), body)
    }

    /// Writes the name of the member whose value the next call writes.
    public mutating func name(_ name: StaticString) {
        let text = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        if text.count <= Self.longestShort {
            appendShort(text, end: UInt8(ascii: ":"))
        } else {
            quoted { $0.append(contentsOf: text) }
            bytes.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// Writes the name, known only at run time, of the member whose value the next call writes.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func string(_ text: String) {
        // Without a copy of the string, which `withUTF8` takes.
        if text.utf8.withContiguousStorageIfAvailable({ appendString($0) }) == nil {
            var text = text
            text.withUTF8 { appendString($0) }
        }
    }

    private mutating func appendString(_ text: UnsafeBufferPointer<UInt8>) {
        if text.count <= Self.longestShort, Self.countOfPlain(in: text) == text.count {
            appendShort(text)
        } else {
            quoted { Self.appendEscaped(text, to: &$0) }
        }
    }

    /// Writes a string: what `body` appends, escaped where it must be.
    private mutating func quoted(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string that is the base 64 form of some bytes.
    public mutating func base64(_ content: [UInt8]) {
        quoted { Base64.append(content, to: &$0) }
    }

    public mutating func integer(_ number: Int) {
        separate()
        bytes.appendDecimal(number, digits: 1)
    }

    public mutating func bool(_ truth: Bool) {
        separate()
        bytes.append(contentsOf: truth ? "true".utf8 : "false".utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a text that is known to be JSON: what another writer has written.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Ends the line that the text is, for logs and other streams of JSON.
    public mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    /// Writes a member that is a string.
    public mutating func member(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    /// Writes a member that is a number.
    public mutating func member(_ name: StaticString, _ number: Int) {
        self.name(name)
        integer(number)
    }

    /// Writes a member that is a truth value.
    public mutating func member(_ name: StaticString, _ truth: Bool) {
        self.name(name)
        bool(truth)
    }

    /// Writes a member that is a string, unless it is missing or empty.
    public mutating func memberIfPresent(_ name: StaticString, _ text: String?) {
        if let text, !text.isEmpty {
            member(name, text)
        }
    }

    /// Begins an array or an object whose end the caller writes: for what is nested deeper than calls should be.
    public mutating func begin(_ nesting: Nesting) {
        separate()
        bytes.append(nesting == .array ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        needsComma = false
    }

    /// Ends what ``begin(_:)`` has begun last.
    public mutating func end(_ nesting: Nesting) {
        bytes.append(nesting == .array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        needsComma = true
    }

    /// What holds other values.
    public enum Nesting: Sendable, Hashable {
        case array, object
    }

    private mutating func nest<Failure: Error>(
        open: UInt8, close: UInt8, _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(open)
        needsComma = false
        try body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma {
            bytes.append(UInt8(ascii: ","))
        }
        needsComma = true
    }
}

// MARK: - Escaping

extension JSONWriter {
    /// How long a text is at most, in bytes, that is put together before it is appended.
    private static let longestShort = 250

    /// Appends a comma where there has to be one, and a text in quotation marks, all at once: most texts are short, and
    /// each time that something is appended costs more than all of their bytes.
    /// - Parameters:
    ///   - text: needs no escape, and is at most ``longestShort`` long. The caller owns it; it is read during the call
    ///     only.
    ///   - end: a byte behind it, or 0 for none.
    private mutating func appendShort(_ text: UnsafeBufferPointer<UInt8>, end: UInt8 = 0) {
        let comma = needsComma ? 1 : 0
        let count = comma + text.count + (end == 0 ? 2 : 3)
        // On the stack, as it is short, and this function's own.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestShort + 4) { scratch in
            scratch[0] = UInt8(ascii: ",")
            scratch[comma] = UInt8(ascii: "\"")
            let behind = scratch[(comma + 1)...].update(fromContentsOf: text)
            scratch[behind] = UInt8(ascii: "\"")
            scratch[behind + 1] = end
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<count]))
        }
        needsComma = true
    }

    /// How many bytes at the beginning of a text stand for themselves.
    private static func countOfPlain(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int {
        let raw = UnsafeRawBufferPointer(text)
        var index = start
        while index < text.count {
            if text.count - index >= 8,
                isPlain(eight: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            {
                index += 8
            } else if isPlain(text[index]) {
                index += 1
            } else {
                break
            }
        }
        return index - start
    }

    /// Whether none of eight bytes is a control character, above ASCII, a quotation mark or a backslash: asked of all of
    /// them at once, as nearly all texts are long rows of such.
    private static func isPlain(eight bytes: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highestBits: UInt64 = 0x8080_8080_8080_8080
        // The highest bit of a byte of `bytes - n` is set where the byte is below n, and where one below it borrowed:
        // then another byte was found already.
        func below(_ limit: UInt64, _ bytes: UInt64) -> UInt64 { bytes &- (limit &* ones) }
        let quotes = below(1, bytes ^ (UInt64(UInt8(ascii: "\"")) &* ones))
        let backslashes = below(1, bytes ^ (UInt64(UInt8(ascii: "\\")) &* ones))
        // 0x7F and 1 are 0x80.
        let above = bytes &+ ones
        return (below(0x20, bytes) | quotes | backslashes | above | bytes) & highestBits == 0
    }

    /// Appends valid UTF-8, escaped. Stretches that need no escape are copied whole.
    private static func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var copied = 0
        var index = 0
        while index < text.count {
            index += countOfPlain(in: text, from: index)
            guard index < text.count else { break }
            let (scalar, length) = scalar(in: text, at: index)
            if mustEscape(scalar) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
                appendEscape(scalar, to: &bytes)
                copied = index + length
            }
            index += length
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
    }

    /// Whether a byte stands for itself whatever follows. The lead bytes C2, E2 and EF are those of the
    /// characters above ASCII that are escaped; other bytes above ASCII are never part of one.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x1F, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F, 0xC2, 0xD8, 0xE2, 0xEF: false
        default: true
        }
    }

    /// The scalar at a byte for which `isPlain` is false, and its length in bytes.
    private static func scalar(
        in text: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (scalar: UInt32, length: Int) {
        let lead = UInt32(text[index])
        func continuation(_ offset: Int) -> UInt32 {
            index + offset < text.count ? UInt32(text[index + offset] & 0x3F) : 0
        }
        switch lead {
        case 0xC2, 0xD8: return ((lead & 0x1F) << 6 | continuation(1), 2)
        case 0xE2, 0xEF: return ((lead & 0x0F) << 12 | continuation(1) << 6 | continuation(2), 3)
        default: return (lead, 1)
        }
    }

    private static func mustEscape(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1F, 0x22, 0x5C, 0x7F...0x9F: true  // controls, quotation mark, backslash
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // direction of text
        case 0x2028, 0x2029: true  // line and paragraph separators
        case 0xFEFF: true  // byte order mark
        default: false
        }
    }

    private static func appendEscape(_ scalar: UInt32, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22, 0x5C: bytes.append(UInt8(scalar))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(truncatingIfNeeded: scalar >> shift & 0xF)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
