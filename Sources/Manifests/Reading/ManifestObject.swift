import JSON

/// An object of a manifest: the document itself, or one that a List holds.
struct ManifestObject {
    let value: JSONValue
    /// What it says it is, or else what its List says.
    let kind: String
    /// Where it stands in the document, as a JSON Pointer.
    let pointer: String

    /// Lists may hold Lists, but not without end.
    private static let deepestList = 8

    /// Hands out every object of a document, in its order; what says of itself no kind is none.
    /// - Parameter itemKind: what the document is, should it not say so itself.
    /// - Throws: ``ManifestError`` where Lists are nested too deep.
    static func all(
        in document: ManifestReader.Document, itemKind: String? = nil, _ body: (ManifestObject) -> Void
    ) throws(ManifestError) {
        try walk(document.value, of: document, at: "", kind: itemKind, depth: 0, body)
    }

    private static func walk(
        _ value: JSONValue, of document: ManifestReader.Document, at pointer: String, kind: String?,
        depth: Int, _ body: (ManifestObject) -> Void
    ) throws(ManifestError) {
        let isArray = value.kind == .array
        guard let elements = isArray ? value : value["items"], elements.kind == .array else {
            guard value.kind == .object, let kind = self.kind(of: value, listed: kind) else { return }
            body(ManifestObject(value: value, kind: kind, pointer: pointer))
            return
        }
        guard depth < deepestList else {
            throw ManifestError(
                line: document.line(of: pointer), reason: "Lists inside Lists, more than \(deepestList) deep")
        }
        let listKind = value["kind"]?.string.flatMap { $0.hasSuffix("List") ? String($0.dropLast(4)) : nil }
        let place = isArray ? pointer : pointer + "/items"
        for (index, element) in elements.elements.enumerated() {
            try walk(element, of: document, at: "\(place)/\(index)", kind: listKind, depth: depth + 1, body)
        }
    }

    /// What an object says it is, or what the List that it came in says; failing both, a Pod if it looks like one.
    private static func kind(of value: JSONValue, listed: String?) -> String? {
        if let kind = value["kind"]?.string, !kind.isEmpty { return kind }
        if let listed, !listed.isEmpty { return listed }
        let isPod = value["metadata"]?.kind == .object && value["spec"]?["containers"]?.kind == .array
        return isPod ? "Pod" : nil
    }
}
