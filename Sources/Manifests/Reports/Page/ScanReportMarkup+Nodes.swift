import Nodes

/// The page's sections on nodes and on what contradicts them.
extension ScanReportMarkup {
    /// A bar for each system and runtime, as long as it has nodes, with the reason and the cure.
    static func section(_ nodes: NodeOverview) -> String {
        let rows = nodes.groups.map { row($0, of: nodes.count) }
        let dangerous = nodes.count(.dangerous)
        let headline =
            dangerous == 0
            ? "None of \(nodes.count) nodes is known to be dangerous."
            : "\(dangerous) of \(nodes.count) nodes \(dangerous == 1 ? "is" : "are") dangerous."
        return """
            <section aria-labelledby="nodes">
            <h2 id="nodes">Nodes</h2>
            <p>\(headline)</p>
            <ul class="bars nodes">
            \(rows.joined(separator: "\n"))
            </ul>
            </section>
            """
    }

    private static func row(_ group: NodeGroup, of total: Int) -> String {
        let tenths = total > 0 ? group.names.count * 1000 / total : 0
        let verdict = group.assessment.verdict.rawValue
        let system = [group.osImage, group.runtime].filter { !$0.isEmpty }.joined(separator: ", ")
        return """
            <li><span class="name"><span class="state \(verdict)">\(verdict)</span> \
            \(system.isEmpty ? "<em>unknown system</em>" : MarkupText.escaped(system))</span>\
            <span class="track"><span class="bar \(verdict)" style="width:\(tenths / 10).\(tenths % 10)%"></span></span>\
            <span class="amount">\(group.names.count)</span>\
            <details><summary>\(MarkupText.escaped(group.headline(of: total)))</summary>\
            <p>\(MarkupText.escaped(group.explanation)).</p>\
            <p>Source: \(MarkupText.escaped(group.assessment.source.isEmpty ? "none" : group.assessment.source)).</p>\
            </details></li>
            """
    }

    static func section(_ contradictions: [ScanContradiction]) -> String {
        let items = contradictions.map { "<li>\(MarkupText.escaped($0.line)).</li>" }
        return """
            <section aria-labelledby="contradictions">
            <h2 id="contradictions">Limits in force that contradict the specification</h2>
            <ul class="problems">
            \(items.joined(separator: "\n"))
            </ul>
            </section>
            """
    }
}
