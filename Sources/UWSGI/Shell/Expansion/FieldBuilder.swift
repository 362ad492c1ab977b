/// Fields that are being put together of the pieces of a word: some that are complete, and one that is not.
///
/// Also the shape of a piece itself: its first field goes on the one that is open, its last stays open.
struct FieldBuilder: Hashable {
    private(set) var fields: [Argument] = []
    private var current = ""
    private var hasCurrent = false
    private var currentLocation: ArgumentLocation?
    private var isElastic = false
    /// Whether it begins with a separator, so that it does not go on an open field.
    private var beginsApart = false
    private let location: ArgumentLocation
    /// How sure it is that the word becomes this.
    var reach = Reach.expected

    /// - Parameter location: where fields come from that have no place of their own.
    init(at location: ArgumentLocation) { self.location = location }

    /// A piece that is one text, which is not split.
    init(_ text: String, at location: ArgumentLocation) {
        self.location = location
        append(text)
    }

    /// A piece that is a text split at the characters of `IFS`.
    init(splitting text: String, separators: ShellSeparators, at location: ArgumentLocation) {
        self.location = location
        var piece: [UInt8] = []
        for byte in text.utf8 {
            switch separators.kind(of: byte) {
            case nil:
                piece.append(byte)
                continue
            case .blank:
                if !hasCurrent, piece.isEmpty {
                    if fields.isEmpty { beginsApart = true }
                    continue
                }
            case .other: break
            }
            appendSplit(piece)
            piece = []
            hasCurrent = true
            endField()
        }
        appendSplit(piece)
    }

    private mutating func appendSplit(_ piece: [UInt8]) {
        guard !piece.isEmpty else { return }
        if !hasCurrent, piece.contains(where: TextMark.isMark) { isElastic = true }
        append(String(decoding: piece, as: UTF8.self))
    }

    /// Whether what another builder holds is among what the unknown ends of these fields may be.
    func covers(_ other: FieldBuilder) -> Bool {
        guard fields.count == other.fields.count, hasCurrent == other.hasCurrent,
            isElastic || !other.isElastic, beginsApart == other.beginsApart,
            Self.covers(current, other.current)
        else { return false }
        return zip(fields, other.fields).allSatisfy { mine, theirs in
            (mine.isElastic || !theirs.isElastic) && Self.covers(mine.text, theirs.text)
        }
    }

    private static func covers(_ text: String, _ other: String) -> Bool {
        if text == other { return true }
        guard text.utf8.last == TextMark.unknown.utf8.first, case let start = text.dropLast(),
            String(start).isKnown
        else { return false }
        return other.hasPrefix(start) && !other.mayNameUWSGI && !UWSGIWord.occurs(in: other.utf8)
    }

    var byteCount: Int { fields.reduce(current.utf8.count) { $0 + $1.text.utf8.count } }

    /// The text of a piece that was not split.
    var text: String { fields.reduce("") { $0 + $1.text + " " } + current }

    mutating func append(_ text: String) {
        current += text
        hasCurrent = true
    }

    /// Makes a field of an argument that keeps its own place.
    mutating func append(_ argument: Argument) {
        if current.isEmpty { currentLocation = argument.location }
        if !hasCurrent { isElastic = argument.isElastic }
        append(argument.text)
    }

    mutating func append(_ piece: FieldBuilder) {
        reach = min(reach, piece.reach)
        if piece.beginsApart { endField() }
        for field in piece.fields {
            append(field)
            endField()
        }
        guard piece.hasCurrent else { return }
        if current.isEmpty { currentLocation = piece.currentLocation ?? currentLocation }
        if !hasCurrent { isElastic = piece.isElastic }
        append(piece.current)
    }

    mutating func endField() {
        guard hasCurrent else { return }
        fields.append(Argument(current, at: currentLocation ?? location, isElastic: isElastic))
        current = ""
        hasCurrent = false
        currentLocation = nil
        isElastic = false
    }
}

/// The characters at which unquoted expansions are split: those of `IFS`.
struct ShellSeparators {
    enum Kind {
        /// A run of them separates once.
        case blank
        /// Each one separates.
        case other
    }

    private let others: [UInt8]
    private let blanks: [UInt8]

    static let usual = ShellSeparators(" \t\n")

    init(_ text: String) {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }
        blanks = text.utf8.filter(isBlank)
        others = text.utf8.filter { !isBlank($0) && !TextMark.isMark($0) }
    }

    func kind(of byte: UInt8) -> Kind? {
        if blanks.contains(byte) { return .blank }
        return others.contains(byte) ? .other : nil
    }
}
