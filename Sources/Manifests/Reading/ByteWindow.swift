/// The bytes of a source that are being looked at, and where in the source they stand.
///
/// What has been looked at is let go, so that a source of any size takes the memory of its largest piece; and a piece
/// that is too large is an error, wherever it is met that another byte is needed.
struct ByteWindow {
    /// Not a generic parameter: sources live in other modules, and code that is not specialised for them is slow.
    private var source: any ByteSource
    /// The most bytes that are held and not let go before more are read.
    private let limit: Int
    /// What is too large when more has to be held.
    private let noun: String
    private(set) var bytes: [UInt8] = []
    /// Where the bytes begin that have not been let go.
    private(set) var start = 0
    /// The line that `start` is on, from 1.
    private(set) var line = 1
    /// How many bytes of the source stand before `bytes`.
    private var base = 0
    /// How many bytes of the source have been let go.
    var offset: Int { base + start }
    /// How many bytes the source has given so far.
    private(set) var bytesRead = 0
    private var isAtEnd = false

    init(
        _ source: any ByteSource, limit: Int, noun: String = "a document, or an item of a List, "
    ) {
        self.source = source
        self.limit = limit
        self.noun = noun
    }

    /// Reads one more chunk behind the bytes. Positions in `bytes` stay good.
    /// - Returns: false at the end of the source.
    /// - Throws: ``ManifestError`` when too much is held already; what the source throws.
    private mutating func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        guard bytes.count - start <= limit else {
            let size = limit >= 1 << 20 ? "\(limit >> 20) MiB" : "\(limit) bytes"
            throw ManifestError(
                line: line,
                reason: "\(noun)of more than \(size), which is more than any Kubernetes object has")
        }
        let chunk = try source.nextChunk()
        guard !chunk.isEmpty else {
            isAtEnd = true
            return false
        }
        bytesRead += chunk.count
        if bytes.isEmpty {
            bytes = chunk
        } else {
            bytes += chunk
        }
        return true
    }

    /// Reads on until a position is there.
    /// - Returns: false when the source ends before it.
    mutating func reach(_ position: Int) throws -> Bool {
        while position >= bytes.count {
            guard try fill() else { return false }
        }
        return true
    }

    /// The byte at a position, reading on when it has to.
    mutating func byte(at position: Int) throws -> UInt8? {
        try reach(position) ? bytes[position] : nil
    }

    /// The first position from `position` on whose byte is neither a blank nor a line feed; `nil` at the end.
    mutating func firstNonBlank(from position: Int) throws -> Int? {
        var position = position
        while let byte = try byte(at: position) {
            guard byte.isBlank else { return position }
            position += 1
        }
        return nil
    }

    /// Lets go of the blank lines at the start, however many there are.
    /// - Returns: the first position whose byte is not a blank; `nil` at the end.
    mutating func skipBlankLines() throws -> Int? {
        var position = start
        while true {
            while position < bytes.count {
                guard bytes[position].isBlank else {
                    let lead = bytes[start..<position]
                    if let lineFeed = lead.lastIndex(of: 0x0A) { release(to: lineFeed + 1) }
                    return position
                }
                position += 1
            }
            if let lineFeed = bytes[start...].lastIndex(of: 0x0A) { release(to: lineFeed + 1) }
            compact()
            position = bytes.count
            guard try fill() else { return nil }
        }
    }

    /// The position behind the line that a position is on, and behind its line feed.
    mutating func endOfLine(from position: Int) throws -> Int {
        var position = position
        while true {
            if position < bytes.count, let lineFeed = bytes[position...].firstIndex(of: 0x0A) {
                return lineFeed + 1
            }
            position = bytes.count
            guard try fill() else { return position }
        }
    }

    /// Lets go of everything before a position, and counts its lines.
    mutating func release(to position: Int) {
        release(to: position, behind: bytes[start..<position].lineFeeds)
    }

    /// The same where its lines have been counted.
    mutating func release(to position: Int, behind lineFeeds: Int) {
        line += lineFeeds
        start = position
    }

    /// Gives the memory of what was let go back, when that is worth the copying: positions in `bytes` change.
    mutating func compact() {
        guard start >= 1 << 16, start * 2 >= bytes.count else { return }
        // A new array, and not a shorter one, so that a large piece does not keep its room for good.
        bytes = Array(bytes[start...])
        base += start
        start = 0
    }
}

extension ArraySlice<UInt8> {
    /// How many lines end in it.
    var lineFeeds: Int {
        let bytes = span
        var count = 0
        for index in bytes.indices where bytes[index] == 0x0A { count += 1 }
        return count
    }
}
