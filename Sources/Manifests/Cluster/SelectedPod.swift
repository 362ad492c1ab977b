import JSON

/// What webhook configurations select a Pod by.
public struct SelectedPod: Sendable {
    /// `nil` where they cannot be read.
    let labels: [String: String]?
    let priorityClass: String?

    /// - Parameter template: a Pod, or the template that Pods are made from.
    public init(_ template: JSONValue) {
        labels = [String: String](labelsOf: template)
        let name = template["spec"]?["priorityClassName"]?.string ?? ""
        priorityClass = name.isEmpty ? nil : name
    }
}

extension [String: String] {
    /// The labels of an object; `nil` where they are not strings by name.
    init?(labelsOf object: JSONValue) {
        self = [:]
        guard let labels = object["metadata"]?["labels"], !labels.isNull else { return }
        guard labels.kind == .object else { return nil }
        for (name, value) in labels.members {
            guard let value = value.string else { return nil }
            self[name] = value
        }
    }
}
