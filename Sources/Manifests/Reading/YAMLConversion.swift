import JSON
import YAML

/// Writes a YAML document as JSON.
struct YAMLConversion {
    /// The most bytes that may come of it.
    let maximumSize: Int
    /// The most members that a mapping may take over from others: merges of merges multiply.
    private static let mostMerged = 10_000

    /// - Throws: ``ManifestError`` when it has no form in JSON, or goes beyond the limits.
    func write(_ node: YAMLNode, to json: inout JSONWriter, depth: Int) throws(ManifestError) {
        let line = node.mark.line
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
        case .sequence(let sequence, _):
            try json.array { (json) throws(ManifestError) in
                for element in sequence { try write(element, to: &json, depth: depth + 1) }
            }
        case .mapping(let mapping, _):
            let members = try members(of: mapping, depth: depth)
            try json.object { (json) throws(ManifestError) in
                for (name, value) in members {
                    json.name(name)
                    try write(value, to: &json, depth: depth + 1)
                }
            }
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
        of mapping: [(key: YAMLNode, value: YAMLNode)], depth: Int
    ) throws(ManifestError) -> [(String, YAMLNode)] {
        guard depth < ManifestReader.maximumDepth else {
            throw ManifestError(line: nil, reason: "merged deeper than \(ManifestReader.maximumDepth) levels")
        }
        var merged: [(String, YAMLNode)] = []
        var own: [(String, YAMLNode)] = []
        var names: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ManifestError(line: key.mark.line, reason: "a key that is no scalar")
            }
            if scalar.text == "<<", scalar.isPlain {
                merged += try mergedMembers(value, depth: depth)
            } else {
                guard names.insert(scalar.text).inserted else {
                    throw ManifestError(
                        line: key.mark.line, reason: "a mapping has the key \"\(scalar.text)\" twice")
                }
                own.append((scalar.text, value))
            }
        }
        guard merged.count <= Self.mostMerged else {
            throw ManifestError(line: nil, reason: "a mapping merges more than \(Self.mostMerged) members")
        }
        return merged + own
    }

    private func mergedMembers(_ value: YAMLNode, depth: Int) throws(ManifestError) -> [(String, YAMLNode)] {
        switch value {
        case .mapping(let mapping, _):
            return try members(of: mapping, depth: depth + 1)
        case .sequence(let mappings, _):
            var result: [(String, YAMLNode)] = []
            // Of several the first wins, so it has to come last.
            for mapping in mappings.reversed() { result += try mergedMembers(mapping, depth: depth + 1) }
            return result
        default:
            throw ManifestError(line: value.mark.line, reason: "<< takes a mapping, or a list of mappings")
        }
    }
}
