import JSON
import YAML

/// Writes a YAML document as JSON, within limits: aliases and merges can make a small text enormous.
struct YAMLConversion {
    /// The most bytes that may come of it.
    private let maximumSize: Int
    /// How many mappings and members may still be merged into others, in the whole document: merges of merges
    /// multiply.
    private var mergesLeft = 100_000
    private var json = JSONWriter()

    /// Merges of merges go no deeper than this.
    static let deepestMerge = 16

    /// An array or object that has begun, and what of it is still to be written.
    private enum Level {
        case array(ArraySlice<YAMLNode>)
        case object(ArraySlice<(String, YAMLNode)>)
    }

    private init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// - Returns: the JSON text.
    /// - Throws: ``ManifestError`` when it has no form in JSON, or goes beyond the limits.
    static func json(of root: YAMLNode, maximumSize: Int) throws(ManifestError) -> [UInt8] {
        var conversion = YAMLConversion(maximumSize: maximumSize)
        try conversion.write(root)
        return conversion.json.bytes
    }

    private mutating func write(_ root: YAMLNode) throws(ManifestError) {
        var levels: [Level] = []
        try begin(root, in: &levels)
        while let level = levels.popLast() {
            switch level {
            case .array(var elements):
                guard let element = elements.popFirst() else {
                    json.end(.array)
                    continue
                }
                levels.append(.array(elements))
                try begin(element, in: &levels)
            case .object(var members):
                guard let (name, value) = members.popFirst() else {
                    json.end(.object)
                    continue
                }
                levels.append(.object(members))
                json.name(name)
                try begin(value, in: &levels)
            }
        }
    }

    /// Writes a scalar, or the beginning of what holds others.
    private mutating func begin(_ node: YAMLNode, in levels: inout [Level]) throws(ManifestError) {
        let line = node.mark.line
        guard levels.count <= ManifestReader.maximumDepth else {
            throw ManifestError(
                line: line, reason: "nested deeper than \(ManifestReader.maximumDepth) levels")
        }
        guard json.bytes.count < maximumSize else {
            throw ManifestError(
                line: line, reason: "its aliases make a document of more than \(maximumSize) bytes")
        }
        switch node {
        case .scalar(let scalar):
            write(YAMLScalar(scalar))
        case .sequence(let sequence, _):
            json.begin(.array)
            levels.append(.array(sequence[...]))
        case .mapping(let mapping, _):
            let members = try members(of: mapping, depth: 0)
            json.begin(.object)
            levels.append(.object(members[...]))
        }
    }

    private mutating func write(_ scalar: YAMLScalar) {
        switch scalar {
        case .null: json.null()
        case .bool(let truth): json.bool(truth)
        case .number(let digits): json.raw(digits.utf8)
        case .string(let text): json.string(text)
        }
    }

    // MARK: - Merges

    /// The members of a mapping, those of merged mappings (`<<`) first, so that its own win.
    /// - Parameter depth: how many merges it is below.
    private mutating func members(
        of mapping: [(key: YAMLNode, value: YAMLNode)], depth: Int
    ) throws(ManifestError) -> [(String, YAMLNode)] {
        var merged: [(String, YAMLNode)] = []
        var own: [(String, YAMLNode)] = []
        own.reserveCapacity(mapping.count)
        var names: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ManifestError(line: key.mark.line, reason: "a key that is not a scalar")
            }
            if scalar.text == "<<", scalar.isPlain {
                merged += try mergedMembers(value, depth: depth + 1)
            } else {
                guard names.insert(scalar.text).inserted else {
                    throw ManifestError(
                        line: key.mark.line, reason: "a mapping has the key \"\(scalar.text)\" twice")
                }
                own.append((scalar.text, value))
            }
        }
        return merged + own
    }

    private mutating func mergedMembers(
        _ value: YAMLNode, depth: Int
    ) throws(ManifestError) -> [(String, YAMLNode)] {
        guard depth <= Self.deepestMerge else {
            throw ManifestError(
                line: value.mark.line, reason: "merged (<<) deeper than \(Self.deepestMerge) levels")
        }
        let sources: [YAMLNode] = if case .sequence(let list, _) = value { list } else { [value] }
        var result: [(String, YAMLNode)] = []
        // Of several the first wins, so it has to come last.
        for source in sources.reversed() {
            guard case .mapping(let mapping, _) = source else {
                throw ManifestError(
                    line: source.mark.line, reason: "<< takes a mapping, or a list of mappings")
            }
            mergesLeft -= 1 + mapping.count
            guard mergesLeft >= 0 else {
                throw ManifestError(
                    line: value.mark.line, reason: "its merges (<<) make too many members of a few")
            }
            result += try members(of: mapping, depth: depth)
        }
        return result
    }
}
