/// What a variable may hold where control has come by more than one way: a small set.
struct Variable: Hashable {
    /// What it holds by one of the ways.
    enum Content: Hashable {
        /// Whatever the container's own variable holds: nothing changed it.
        case container
        case unset
        /// Text with marks for what is unknown; see ``TextMark``.
        case text(String)
        /// An array of a shell, by its subscripts.
        case array([Element])
    }

    struct Element: Hashable {
        var key: String
        var text: String
    }

    struct Member: Hashable {
        var content: Content
        /// Whether programs find it in their environment.
        var isExported: Bool
        /// Whether a shell set the mark for export itself, so that what it assigns later is passed on, too.
        var isMarked = false
        /// Whether it comes by a way that its author means.
        var isExpected = true
    }

    /// More are joined to text of which nothing is known.
    static let mostMembers = 8

    private(set) var members: [Member]

    init(_ content: Content, isExported: Bool) {
        members = [Member(content: content, isExported: isExported)]
    }

    init(members: [Member]) {
        self.members = []
        for member in members { insert(member) }
    }

    /// What a variable is as long as nothing changes it.
    static let untouched = Variable(.container, isExported: true)

    /// Whether programs find it in their environment: each answer that some member gives, yes first.
    var exportStates: [Bool] { Set(members.map(\.isExported)).sorted { $0 && !$1 } }

    private mutating func insert(_ member: Member) {
        if let same = members.firstIndex(where: {
            $0.content == member.content && $0.isExported == member.isExported
                && $0.isMarked == member.isMarked
        }) {
            members[same].isExpected = members[same].isExpected || member.isExpected
        } else if members.count < Self.mostMembers {
            members.append(member)
        } else {
            widen(with: member)
        }
    }

    /// Makes one of too many members.
    private mutating func widen(with member: Member) {
        members.append(member)
        self = anything
    }

    /// Anything, of which what its members were made of may be a part.
    var anything: Variable {
        let text =
            members.contains { $0.content.namesUWSGI } ? TextMark.unknownNamingUWSGI : TextMark.unknown
        var wide = self
        wide.members = [true, false].compactMap { isExported in
            members.contains { $0.isExported == isExported }
                ? Member(content: .text(text), isExported: isExported) : nil
        }
        return wide
    }

    /// What a variable may hold after a branch: whatever it may hold at the end of either side.
    /// - Parameter other: at the end of the other side.
    func joined(with other: Variable) -> Variable {
        if self == other { return self }
        return Variable(members: members + other.members)
    }

    /// The same by a way that is not what the author means.
    var unexpected: Variable {
        var copy = self
        for index in copy.members.indices { copy.members[index].isExpected = false }
        return copy
    }

    func withExport(_ isExported: Bool) -> Variable {
        Variable(
            members: members.map {
                Member(
                    content: $0.content, isExported: isExported, isMarked: isExported,
                    isExpected: $0.isExpected)
            })
    }
}

extension Variable.Content {
    /// A text that a variable was given: where that is what an unset variable holds, the variable is set all the same.
    static func assigned(_ text: String) -> Variable.Content {
        .text(text == TextMark.absent ? TextMark.absent + TextMark.absent : text)
    }

    /// Whether the word uWSGI stands in it.
    var namesUWSGI: Bool {
        switch self {
        case .container, .unset: false
        case .text(let text): text.mayNameUWSGI || UWSGIWord.occurs(in: text.utf8)
        case .array(let elements):
            elements.contains { $0.text.mayNameUWSGI || UWSGIWord.occurs(in: $0.text.utf8) }
        }
    }
}
