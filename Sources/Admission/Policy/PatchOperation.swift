import JSON

/// One operation of a JSON Patch (RFC 6902). Only `add` is ever needed.
///
/// A patch that does not apply makes the API server reject the Pod whatever the failure policy says, so there
/// is no `test`, and no `replace`, which fails where the member is missing: `add` to an object's member
/// replaces what is there (RFC 6902 section 4.1).
public enum PatchOperation: Sendable, Hashable {
    /// Gives a container without a list of variables one that holds this variable.
    case addEnvironment(pointer: String, name: String, value: String)
    /// Appends a variable.
    case appendVariable(pointer: String, name: String, value: String)
    /// Sets the value of a variable.
    case setValue(pointer: String, value: String)

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("op", "add")
            switch self {
            case .addEnvironment(let pointer, let name, let value):
                json.member("path", pointer)
                json.name("value")
                json.array { Self.writeVariable(name, value, to: &$0) }
            case .appendVariable(let pointer, let name, let value):
                json.member("path", pointer)
                json.name("value")
                Self.writeVariable(name, value, to: &json)
            case .setValue(let pointer, let value):
                json.member("path", pointer)
                json.member("value", value)
            }
        }
    }

    private static func writeVariable(_ name: String, _ value: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("value", value)
        }
    }
}

extension [PatchOperation] {
    /// Writes the whole patch as an array.
    public func write(to json: inout JSONWriter) {
        json.array { json in
            for operation in self { operation.write(to: &json) }
        }
    }
}
