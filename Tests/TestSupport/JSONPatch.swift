/// An application of JSON Patch (RFC 6902) written from the RFC, to check the product's patches with.
public enum JSONPatch {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Applies a patch as a whole: the first operation that fails fails it all.
    public static func apply(_ patch: JSONTree, to document: JSONTree) throws -> JSONTree {
        guard let operations = patch.array else { throw Failure(description: "a patch is an array") }
        return try operations.reduce(document) { try applyOperation($1, to: $0) }
    }

    private static func applyOperation(_ operation: JSONTree, to document: JSONTree) throws -> JSONTree {
        let path = try pointer(operation, "path")
        switch operation["op"]?.string {
        case "add":
            return try adding(try value(operation), at: path[...], to: document)
        case "remove":
            return try removing(at: path[...], from: document)
        case "replace":
            let value = try value(operation)
            _ = try find(path, in: document)
            return path.isEmpty
                ? value : try adding(value, at: path[...], to: removing(at: path[...], from: document))
        case "move":
            let from = try pointer(operation, "from")
            guard !(path.count > from.count && path.starts(with: from)) else {
                throw Failure(description: "a value cannot be moved into itself")
            }
            let value = try find(from, in: document)
            return try adding(value, at: path[...], to: removing(at: from[...], from: document))
        case "copy":
            let value = try find(try pointer(operation, "from"), in: document)
            return try adding(value, at: path[...], to: document)
        case "test":
            guard try find(path, in: document) == value(operation) else {
                throw Failure(description: "test failed at \(path)")
            }
            return document
        default:
            throw Failure(description: "unknown operation \(operation.text)")
        }
    }

    private static func value(_ operation: JSONTree) throws -> JSONTree {
        guard let value = operation["value"] else {
            throw Failure(description: "no value: \(operation.text)")
        }
        return value
    }

    /// The steps of a JSON Pointer (RFC 6901).
    private static func pointer(_ operation: JSONTree, _ member: String) throws -> [String] {
        guard let text = operation[member]?.string, text.isEmpty || text.hasPrefix("/") else {
            throw Failure(description: "no pointer: \(operation.text)")
        }
        return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func find(_ path: [String], in document: JSONTree) throws -> JSONTree {
        try path.reduce(document) { tree, step in
            switch tree {
            case .object(let members):
                guard let member = members[step] else { throw Failure(description: "no member \(step)") }
                return member
            case .array(let elements):
                return elements[try index(step, below: elements.count)]
            default:
                throw Failure(description: "nothing below a scalar: \(step)")
            }
        }
    }

    private static func index(_ step: String, below limit: Int) throws -> Int {
        guard let index = Int(step), String(index) == step, (0..<limit).contains(index) else {
            throw Failure(description: "no index \(step)")
        }
        return index
    }

    private static func adding(
        _ value: JSONTree, at path: ArraySlice<String>, to tree: JSONTree
    ) throws -> JSONTree {
        guard let step = path.first else { return value }
        let rest = path.dropFirst()
        switch tree {
        case .object(var members):
            if rest.isEmpty {
                members[step] = value
            } else {
                guard let member = members[step] else { throw Failure(description: "no member \(step)") }
                members[step] = try adding(value, at: rest, to: member)
            }
            return .object(members)
        case .array(var elements):
            if rest.isEmpty {
                elements.insert(
                    value, at: step == "-" ? elements.count : try index(step, below: elements.count + 1))
            } else {
                let index = try index(step, below: elements.count)
                elements[index] = try adding(value, at: rest, to: elements[index])
            }
            return .array(elements)
        default:
            throw Failure(description: "nothing below a scalar: \(step)")
        }
    }

    private static func removing(at path: ArraySlice<String>, from tree: JSONTree) throws -> JSONTree {
        guard let step = path.first else { return .null }
        let rest = path.dropFirst()
        switch tree {
        case .object(var members):
            guard let member = members[step] else { throw Failure(description: "no member \(step)") }
            members[step] = rest.isEmpty ? nil : try removing(at: rest, from: member)
            return .object(members)
        case .array(var elements):
            let index = try index(step, below: elements.count)
            if rest.isEmpty {
                elements.remove(at: index)
            } else {
                elements[index] = try removing(at: rest, from: elements[index])
            }
            return .array(elements)
        default:
            throw Failure(description: "nothing below a scalar: \(step)")
        }
    }
}
