import Admission
import JSON

/// An object of a manifest: the document itself, or one that a List or another object holds.
public struct ManifestObject {
    public let value: JSONValue
    /// What it says it is, or else what its List says.
    public let kind: String
    /// Where it stands in the document, as a JSON Pointer.
    public let pointer: String
    /// The object that it stands in, as `kind/name`, where that is not a mere list; empty for others.
    let holder: String

    /// Lists may hold Lists, but not without end.
    private static let deepestList = 8

    /// How much there was in a document.
    struct Count {
        var objects = 0
        /// Lists of nothing: an answer, too.
        var emptyLists = 0
    }

    /// Hands out every object of a document, in its order; what says of itself no kind is none.
    /// - Parameter itemKind: what the document is, or its elements are, should they not say so themselves.
    /// - Throws: ``ManifestError`` where Lists are nested too deep.
    @discardableResult
    static func all(
        in document: ManifestReader.Document, itemKind: String? = nil, _ body: (ManifestObject) -> Void
    ) throws(ManifestError) -> Count {
        var count = Count()
        try walk(
            Node(value: document.value, pointer: "", kind: itemKind, holder: ""), of: document, depth: 0,
            count: &count, body)
        return count
    }

    /// What a typed List's items are: `Pod` for a `PodList`.
    static func itemKind(ofList list: JSONValue) -> String? {
        list["kind"]?.string.flatMap { $0.hasSuffix("List") ? String($0.dropLast(4)) : nil }
    }

    private struct Node {
        let value: JSONValue
        let pointer: String
        let kind: String?
        let holder: String
    }

    private static func walk(
        _ node: Node, of document: ManifestReader.Document, depth: Int, count: inout Count,
        _ body: (ManifestObject) -> Void
    ) throws(ManifestError) {
        guard depth <= deepestList else {
            throw ManifestError(
                line: document.lines.line(of: node.pointer),
                reason: "Lists inside Lists, more than \(deepestList) deep")
        }
        guard let list = list(in: node) else {
            try handOut(node, of: document, depth: depth, count: &count, body)
            return
        }
        var isEmpty = true
        for (index, element) in list.elements.elements.enumerated() {
            isEmpty = false
            let item = Node(
                value: element, pointer: "\(list.pointer)/\(index)", kind: list.itemKind,
                holder: list.holder)
            try walk(item, of: document, depth: depth + 1, count: &count, body)
        }
        if isEmpty { count.emptyLists += 1 }
    }

    /// The objects that an object or an array is a list of: a List's `items`, and the `objects` of an OpenShift
    /// Template (`template.openshift.io/v1`).
    private static func list(
        in node: Node
    ) -> (elements: JSONValue, pointer: String, itemKind: String?, holder: String)? {
        if node.value.kind == .array { return (node.value, node.pointer, node.kind, node.holder) }
        if let items = node.value["items"], items.kind == .array {
            return (items, node.pointer + "/items", itemKind(ofList: node.value), node.holder)
        }
        if node.value["kind"]?.equals("Template") == true, let objects = node.value["objects"],
            objects.kind == .array
        {
            return (objects, node.pointer + "/objects", nil, name(of: node.value, kind: "Template"))
        }
        return nil
    }

    private static func handOut(
        _ node: Node, of document: ManifestReader.Document, depth: Int, count: inout Count,
        _ body: (ManifestObject) -> Void
    ) throws(ManifestError) {
        guard node.value.kind == .object, let kind = kind(of: node.value, listed: node.kind) else { return }
        count.objects += 1
        body(ManifestObject(value: node.value, kind: kind, pointer: node.pointer, holder: node.holder))
        let holder = name(of: node.value, kind: kind)
        for (pointer, value) in PodPlaces.manifests(in: node.value, kind: kind) {
            try walk(
                Node(value: value, pointer: node.pointer + pointer, kind: nil, holder: holder),
                of: document, depth: depth + 1, count: &count, body)
        }
    }

    private static func name(of value: JSONValue, kind: String) -> String {
        "\(kind)/\(value["metadata"]?["name"]?.string ?? "")"
    }

    /// What an object says it is, or what the List that it came in says; failing both, a Pod if it looks like one.
    private static func kind(of value: JSONValue, listed: String?) -> String? {
        if let kind = value["kind"]?.string, !kind.isEmpty { return kind }
        if let listed, !listed.isEmpty { return listed }
        let isPod = value["metadata"]?.kind == .object && value["spec"]?["containers"]?.kind == .array
        return isPod ? "Pod" : nil
    }
}
