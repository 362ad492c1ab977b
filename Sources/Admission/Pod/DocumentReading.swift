import JSON

/// Reading of members that have to be of one kind, with an error that names the place.
///
/// A member that is missing and one that is `null` are the same, as for the API server.
extension JSONValue {
    /// The text of a member, empty when there is none.
    func text(_ name: StaticString, in path: @autoclosure () -> String) throws(AdmissionError) -> String {
        guard let member = present(name) else { return "" }
        guard let text = member.string else { throw .wrongKind(path(), name, "a string") }
        return text
    }

    /// The truth of a member, false when there is none.
    func flag(_ name: StaticString, in path: @autoclosure () -> String) throws(AdmissionError) -> Bool {
        guard let member = present(name) else { return false }
        guard let flag = member.bool else { throw .wrongKind(path(), name, "true or false") }
        return flag
    }

    /// A member that is an object, if there is one.
    func object(
        _ name: StaticString, in path: @autoclosure () -> String
    ) throws(AdmissionError) -> JSONValue? {
        guard let member = present(name) else { return nil }
        guard member.kind == .object else { throw .wrongKind(path(), name, "an object") }
        return member
    }

    /// A member that is an object and must be there.
    func requiredObject(
        _ name: StaticString, in path: @autoclosure () -> String
    ) throws(AdmissionError) -> JSONValue {
        guard let member = try object(name, in: path()) else { throw .wrongKind(path(), name, "an object") }
        return member
    }

    /// The elements of a member, none when there is no such member.
    func list(
        _ name: StaticString, in path: @autoclosure () -> String
    ) throws(AdmissionError) -> Elements? {
        guard let member = present(name) else { return nil }
        guard member.kind == .array else { throw .wrongKind(path(), name, "a list") }
        return member.elements
    }

    /// The elements of a member that are all objects.
    func objects(
        _ name: StaticString, in path: @autoclosure () -> String
    ) throws(AdmissionError) -> [JSONValue] {
        guard let elements = try list(name, in: path()) else { return [] }
        var result: [JSONValue] = []
        result.reserveCapacity(elements.underestimatedCount)
        for (index, element) in elements.enumerated() {
            guard element.kind == .object else { throw .wrongKind(path(), name, "an object", index: index) }
            result.append(element)
        }
        return result
    }

    /// The elements of a member that are all strings.
    func texts(
        _ name: StaticString, in path: @autoclosure () -> String
    ) throws(AdmissionError) -> [String] {
        guard let elements = try list(name, in: path()) else { return [] }
        var result: [String] = []
        result.reserveCapacity(elements.underestimatedCount)
        for (index, element) in elements.enumerated() {
            guard let text = element.string else { throw .wrongKind(path(), name, "a string", index: index) }
            result.append(text)
        }
        return result
    }

    private func present(_ name: StaticString) -> JSONValue? {
        guard let member = self[name], !member.isNull else { return nil }
        return member
    }
}

extension AdmissionError {
    /// - Parameter index: which element of the member is meant, if it is one.
    fileprivate static func wrongKind(
        _ path: String, _ name: StaticString, _ expected: String, index: Int? = nil
    ) -> AdmissionError {
        guard let pointer = pointer(of: path).map({ "\($0)/\(JSONPointer.escaped("\(name)"))" }) else {
            let element = index.map { "[\($0)]" } ?? ""
            return AdmissionError(.malformed, "\(path).\(name)\(element) must be \(expected)")
        }
        let element = pointer + (index.map { "/\($0)" } ?? "")
        return AdmissionError(
            .malformed, "\(JSONPointer.described(element)) must be \(expected)", at: element)
    }

    /// A path in an object as a JSON Pointer; `nil` for one elsewhere, in a review for instance.
    private static func pointer(of path: String) -> String? {
        if path.hasPrefix("/") { return path }
        for whole in ["object", "manifest"] where path.hasPrefix(whole) {
            return String(path.dropFirst(whole.count)).replacing(".", with: "/")
        }
        return nil
    }
}
