/// What several forms of a report say in the same words.
extension ScanReport {
    /// By which limits the memory at stake was reckoned.
    var basis: String {
        let sources = Set(findings.lazy.flatMap(\.limits).map(\.source))
        var parts: [String] = []
        if sources.contains(.measured) { parts.append("the limits in force") }
        if sources.contains(.node) { parts.append("what the nodes hand out") }
        guard !parts.isEmpty else { return "where the nodes' limit is \(nodeLimit)" }
        let rest = sources.contains(.assumed) ? ", or \(nodeLimit) where that is not known" : ""
        return "by \(parts.joined(separator: " and "))\(rest)"
    }

    /// All containers that run uWSGI, as the subject of a sentence; there is one at least.
    var everyServer: String {
        let total = findings.count + others.count
        return total == 1 ? "The one uWSGI container" : "All \(total) uWSGI containers"
    }

    /// How many containers are not findings only because a low limit is in force in them.
    var provenCount: Int { others.count { $0.provenPods > 0 } }

    /// That in a sentence; `nil` when there is none.
    var provenSentence: String? {
        let count = provenCount
        guard count > 0 else { return nil }
        return count == 1
            ? "1 container without a visible max-fd has a low limit in force."
            : "\(count) containers without a visible max-fd have a low limit in force."
    }
}

extension ScanContradiction {
    /// In one line.
    var line: String { "\(qualifiedName): \(message)" }
}

extension ScanFinding {
    /// The limits that count, where they are known from its nodes or by measurement: `1073741816 (measured, 3 Pods)`.
    var limitsText: String? {
        let known = limits.filter { $0.source != .assumed }
        guard !known.isEmpty else { return nil }
        return limits.map { share in
            let source =
                switch share.source {
                case .measured: "measured"
                case .node: "by the node"
                case .assumed: "assumed"
                }
            return "\(share.limit) (\(source), \(share.pods) Pod\(share.pods == 1 ? "" : "s"))"
        }.joined(separator: ", ")
    }
}
