import JSON
import Yams

/// Writes a YAML document as JSON.
struct YAMLConversion {
    /// The most bytes that may come of it.
    let maximumSize: Int

    /// - Throws: ``ManifestError`` when it has no form in JSON, or goes beyond the limits.
    func write(_ node: Node, to json: inout JSONWriter, depth: Int) throws(ManifestError) {
        let line = node.mark?.line
        guard depth < ManifestReader.maximumDepth else {
            throw ManifestError(
                line: line, reason: "nested deeper than \(ManifestReader.maximumDepth) levels")
        }
        guard json.bytes.count < maximumSize else {
            throw ManifestError(
                line: line, reason: "its aliases make a document of more than \(maximumSize) bytes")
        }
        switch node {
        case .scalar(let scalar):
            write(YAMLScalar(scalar), to: &json)
        case .sequence(let sequence):
            try json.array { (json) throws(ManifestError) in
                for element in sequence { try write(element, to: &json, depth: depth + 1) }
            }
        case .mapping(let mapping):
            let members = try members(of: mapping, depth: depth)
            try json.object { (json) throws(ManifestError) in
                for (name, value) in members {
                    json.name(name)
                    try write(value, to: &json, depth: depth + 1)
                }
            }
        case .alias:
            throw ManifestError(line: line, reason: "an alias that stands for nothing")
        }
    }

    private func write(_ scalar: YAMLScalar, to json: inout JSONWriter) {
        switch scalar {
        case .null: json.null()
        case .bool(let truth): json.bool(truth)
        case .number(let digits): json.raw(digits.utf8)
        case .string(let text): json.string(text)
        }
    }

    /// The members of a mapping, those of merged mappings (`<<`) first, so that its own win.
    private func members(
        of mapping: Node.Mapping, depth: Int
    ) throws(ManifestError) -> [(String, Node)] {
        guard depth < ManifestReader.maximumDepth else {
            throw ManifestError(line: nil, reason: "merged deeper than \(ManifestReader.maximumDepth) levels")
        }
        var merged: [(String, Node)] = []
        var own: [(String, Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ManifestError(line: key.mark?.line, reason: "a key that is no scalar")
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged += try mergedMembers(value, depth: depth)
            } else {
                own.append((scalar.string, value))
            }
        }
        return merged + own
    }

    private func mergedMembers(_ value: Node, depth: Int) throws(ManifestError) -> [(String, Node)] {
        switch value {
        case .mapping(let mapping):
            return try members(of: mapping, depth: depth + 1)
        case .sequence(let mappings):
            var result: [(String, Node)] = []
            // Of several the first wins, so it has to come last.
            for mapping in mappings.reversed() { result += try mergedMembers(mapping, depth: depth + 1) }
            return result
        default:
            throw ManifestError(line: value.mark?.line, reason: "<< takes a mapping, or a list of mappings")
        }
    }
}
