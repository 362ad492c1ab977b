import Admission

/// Finds the line on which a value stands in a JSON text, which is known to be JSON.
///
/// What it found last it goes on from: asked for one element of a list after the other, it reads the list once.
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
    }

    private let bytes: [UInt8]
    /// From the root as far as the last pointer led.
    private var steps: [Step]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let start = Self.firstNonBlank(in: bytes, from: 0)
        steps = [
            Step(name: "", place: Place(position: start, line: bytes[..<start].lineFeeds), lastElement: nil)
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
            steps.append(Step(name: name, place: place, lastElement: nil))
        }
        return steps[steps.count - 1].place.line
    }

    private mutating func child(named name: String, of step: Int) -> Place? {
        let place = steps[step].place
        guard place.position < bytes.count else { return nil }
        switch bytes[place.position] {
        case UInt8(ascii: "{"): return member(named: name, of: place)
        case UInt8(ascii: "["): return Int(name).flatMap { element($0, of: step) }
        default: return nil
        }
    }

    private func member(named name: String, of object: Place) -> Place? {
        var next = Self.firstNonBlank(in: bytes, from: object.position + 1)
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "}"): return nil
            case UInt8(ascii: ","): next = Self.firstNonBlank(in: bytes, from: next + 1)
            default:
                guard let end = endOfValue(at: next) else { return nil }
                let colon = Self.firstNonBlank(in: bytes, from: end)
                let value = Self.firstNonBlank(in: bytes, from: colon + 1)
                if bytes[next..<end].dropFirst().dropLast().elementsEqual(name.utf8) {
                    return self.place(value, after: object)
                }
                guard let endOfMember = endOfValue(at: value) else { return nil }
                next = Self.firstNonBlank(in: bytes, from: endOfMember)
            }
        }
        return nil
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
