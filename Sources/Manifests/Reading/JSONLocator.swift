import Admission

/// Finds the line on which a value stands in a JSON text, which is known to be JSON.
///
/// What it has passed it does not read again: asked for one element of a list after the other, it reads the list once;
/// asked for the members of an object, in whatever order, it reads the object twice at most.
struct JSONLocator {
    /// Where a value begins.
    private struct Place {
        var position: Int
        /// How many line feeds stand before it.
        var line: Int
    }

    /// One value on the way.
    private struct Step {
        /// What led to it.
        let name: String
        let place: Place
        /// The element of it that was found last, if it is an array.
        var lastElement: (index: Int, place: Place)?
        /// Whether a member of it was looked for before, if it is an object.
        var isAsked = false
        /// What of it was passed since it was asked again.
        var passed: PassedMembers?

        init(name: String, place: Place) {
            self.name = name
            self.place = place
        }
    }

    /// The members of an object as far as it was read. Most objects are asked for one member only: for them nothing is
    /// noted, as a large one would fill the memory.
    private struct PassedMembers {
        /// By their names as they are written; of two of one name the first.
        var places: [String: Place] = [:]
        /// Where to read on.
        var next: Place
    }

    /// One member of an object.
    private struct Member {
        /// Where its name stands, without the quotes.
        let name: Range<Int>
        let value: Place
    }

    private let bytes: [UInt8]
    /// From the root as far as the last pointer led.
    private var steps: [Step]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let start = Self.firstNonBlank(in: bytes, from: 0)
        steps = [
            Step(name: "", place: Place(position: start, line: bytes[..<start].lineFeeds))
        ]
    }

    /// How many lines below the text's first line the value begins that a JSON Pointer (RFC 6901) leads to, or the
    /// last one on the way that is there.
    mutating func lineOffset(of pointer: String) -> Int {
        let wanted = JSONPointer.steps(of: pointer)
        let common = zip(steps.dropFirst(), wanted).prefix { $0.name == $1 }.count
        steps.removeLast(steps.count - 1 - common)
        for name in wanted[common...] {
            guard let place = child(named: name, of: steps.count - 1) else { break }
            steps.append(Step(name: name, place: place))
        }
        return steps[steps.count - 1].place.line
    }

    private mutating func child(named name: String, of step: Int) -> Place? {
        let place = steps[step].place
        guard place.position < bytes.count else { return nil }
        switch bytes[place.position] {
        case UInt8(ascii: "{"): return member(named: name, of: step)
        case UInt8(ascii: "["): return Int(name).flatMap { element($0, of: step) }
        default: return nil
        }
    }

    private mutating func member(named name: String, of step: Int) -> Place? {
        var next = steps[step].place
        next.position += 1
        guard steps[step].isAsked else {
            steps[step].isAsked = true
            while let member = nextMember(&next) {
                if bytes[member.name].elementsEqual(name.utf8) { return member.value }
            }
            return nil
        }
        // Out of its place while it grows: it would be copied for each member otherwise.
        var passed = steps[step].passed ?? PassedMembers(next: next)
        steps[step].passed = nil
        defer { steps[step].passed = passed }
        if let known = passed.places[name] { return known }
        while let member = nextMember(&passed.next) {
            let key = String(decoding: bytes[member.name], as: UTF8.self)
            if passed.places[key] == nil { passed.places[key] = member.value }
            if key == name { return member.value }
        }
        return nil
    }

    /// - Parameter next: where to read on, inside an object; behind the member afterwards.
    /// - Returns: `nil` at the object's end.
    private func nextMember(_ next: inout Place) -> Member? {
        var start = Self.firstNonBlank(in: bytes, from: next.position)
        while start < bytes.count, bytes[start] == UInt8(ascii: ",") {
            start = Self.firstNonBlank(in: bytes, from: start + 1)
        }
        next = place(start, after: next)
        guard start < bytes.count, bytes[start] != UInt8(ascii: "}"), let end = endOfValue(at: start),
            end - start >= 2
        else { return nil }
        let colon = Self.firstNonBlank(in: bytes, from: end)
        let value = place(Self.firstNonBlank(in: bytes, from: colon + 1), after: next)
        guard let behind = endOfValue(at: value.position) else { return nil }
        next = place(behind, after: value)
        return Member(name: (start + 1)..<(end - 1), value: value)
    }

    private mutating func element(_ wanted: Int, of step: Int) -> Place? {
        let array = steps[step].place
        var index = 0
        var next = Self.firstNonBlank(in: bytes, from: array.position + 1)
        var known = array
        if let last = steps[step].lastElement, last.index <= wanted {
            (index, next, known) = (last.index, last.place.position, last.place)
        }
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "]"): return nil
            case UInt8(ascii: ","): next = Self.firstNonBlank(in: bytes, from: next + 1)
            default:
                if index == wanted {
                    let place = self.place(next, after: known)
                    steps[step].lastElement = (index, place)
                    return place
                }
                guard let end = endOfValue(at: next) else { return nil }
                index += 1
                next = Self.firstNonBlank(in: bytes, from: end)
            }
        }
        return nil
    }

    private func place(_ position: Int, after earlier: Place) -> Place {
        let position = min(position, bytes.count)
        return Place(position: position, line: earlier.line + bytes[earlier.position..<position].lineFeeds)
    }

    /// The position behind a value, `nil` when there is none.
    private func endOfValue(at position: Int) -> Int? {
        guard position < bytes.count else { return nil }
        var extent = JSONExtent()
        guard let end = extent.end(in: bytes, from: position), end > position else { return nil }
        return end
    }

    private static func firstNonBlank(in bytes: [UInt8], from position: Int) -> Int {
        var position = position
        while position < bytes.count, bytes[position].isBlank { position += 1 }
        return position
    }
}
