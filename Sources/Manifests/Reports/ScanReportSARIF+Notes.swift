import Nodes

/// What is not a finding but worth a note: nodes, and limits in force that contradict a specification.
extension ScanReportSARIF {
    /// A rule whose results are notes.
    struct NoteRule {
        let identifier: String
        let title: String
        let explanation: String
        var results: [Note]
    }

    struct Note {
        let text: String
        /// What it is about, in the same words each time.
        let name: String
        let kind: String
        let place: SourcePlace
    }

    /// Those that have results.
    static func furtherRules(of report: ScanReport) -> [NoteRule] {
        let nodes = report.nodes
        func notes(_ verdict: NodeAssessment.Verdict) -> [Note] {
            (nodes?.groups(verdict) ?? []).map { group in
                Note(
                    text: "\(group.headline(of: nodes?.count ?? 0)): \(group.explanation).",
                    name: "\(group.osImage)/\(group.runtime)", kind: "Node", place: group.place)
            }
        }
        let contradictions = report.contradictions.map { found in
            Note(text: "\(found.line).", name: found.qualifiedName, kind: "resource", place: found.place)
        }
        return [
            NoteRule(
                identifier: "node-limit-dangerous", title: "Nodes that hand out too many file descriptors",
                explanation:
                    "uWSGI's routers take eight bytes for every file descriptor that a node hands out.",
                results: notes(.dangerous)),
            NoteRule(
                identifier: "node-limit-unknown",
                title: "Nodes of which it is not known what they hand out",
                explanation: "Run uwsgi-max-fd node there, or give scan the kubelet's metrics with --limits.",
                results: notes(.unknown)),
            NoteRule(
                identifier: "limit-contradicts", title: "The limit in force is not the max-fd that is set",
                explanation: "The limit was measured for the first process of the container.",
                results: contradictions),
        ].filter { !$0.results.isEmpty }
    }

    static func rule(_ rule: NoteRule) -> ReportValue {
        var configuration = ReportMembers()
        configuration.add("level", "note")
        var members = ReportMembers()
        members.add("id", rule.identifier)
        members.add("shortDescription", message(rule.title))
        members.add("fullDescription", message(rule.explanation))
        members.add("help", message(rule.explanation))
        members.add("defaultConfiguration", configuration.value)
        return members.value
    }

    static func result(_ note: Note, _ rule: NoteRule, index: Int) -> ReportValue {
        var logical = ReportMembers()
        logical.add("fullyQualifiedName", note.name)
        logical.add("kind", note.kind)
        var location = ReportMembers()
        if let place = physicalLocation(file: note.place.file, line: note.place.line) {
            location.add("physicalLocation", place)
        }
        location.add("logicalLocations", .array([logical.value]))
        var fingerprint = ReportMembers()
        fingerprint.add("uwsgiNote/v1", note.name)
        var result = ReportMembers()
        result.add("ruleId", rule.identifier)
        result.add("ruleIndex", index)
        result.add("level", "note")
        result.add("message", message(note.text))
        result.add("locations", .array([location.value]))
        result.add("partialFingerprints", fingerprint.value)
        return result.value
    }
}
