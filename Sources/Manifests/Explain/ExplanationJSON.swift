import Admission
import JSON
import UWSGI

/// Explains an inspection to a program: the audit record's fields, with what each policy would do.
public enum ExplanationJSON {
    /// One object on one line, with a line feed at its end.
    /// - Parameter paths: which path its Pod takes in a cluster, where one was given.
    public static func rendered(_ inspection: PolicyPreview, paths: ClusterPaths? = nil) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.memberIfPresent("reason", inspection.skipReason?.description)
            json.member("kind", inspection.kind)
            json.memberIfPresent("namespace", inspection.namespace)
            json.memberIfPresent("name", inspection.name)
            json.memberIfPresent("generateName", inspection.generateName)
            json.memberIfPresent("owner", inspection.owner)
            json.name("containers")
            json.array { json in
                for finding in inspection.findings where finding.detection.runsUWSGI {
                    json.object { write(finding, of: inspection, to: &$0) }
                }
            }
            json.name("decisions")
            json.object { json in
                for policy in Policy.allCases {
                    json.memberIfPresent(policy.key, inspection.verdict(policy)?.decision.rawValue)
                }
            }
            if let verdict = inspection.verdict(.mutate), !verdict.patch.isEmpty {
                json.name("patch")
                verdict.patch.write(to: &json)
            }
            json.memberIfPresent("denial", inspection.verdict(.strict)?.denial)
            writeWarnings(of: inspection, to: &json)
            if let paths {
                json.name("cluster")
                paths.write(to: &json)
            }
        }
        json.endLine()
        return json.bytes
    }

    private static func write(
        _ finding: ExaminedContainer, of inspection: PolicyPreview, to json: inout JSONWriter
    ) {
        finding.writeMembers(to: &json)
        if finding.asksForExemption { json.member("exempted", true) }
        json.name("policies")
        json.object { json in
            for policy in Policy.allCases {
                json.memberIfPresent(policy.key, inspection.word(policy, on: finding))
            }
        }
        json.memberIfPresent("value", inspection.verdict(.mutate, on: finding)?.value)
        let details = finding.detection.details
        if let count = details.routerProcesses { json.member("routerProcesses", count) }
        writeTexts("routers", details.routers, to: &json)
        writeTexts("hazards", details.hazards, to: &json)
        guard !finding.unreadFiles.isEmpty else { return }
        json.name("notRead")
        json.array { json in
            for file in finding.unreadFiles {
                json.object { json in
                    json.member("path", file.path)
                    json.member("reason", file.reason)
                }
            }
        }
    }

    private static func writeWarnings(of inspection: PolicyPreview, to json: inout JSONWriter) {
        let all = Policy.allCases.map { ($0, inspection.verdict($0)?.warnings ?? []) }
        guard all.contains(where: { !$0.1.isEmpty }) else { return }
        json.name("warnings")
        json.object { json in
            for (policy, warnings) in all { writeTexts(policy.key, warnings, to: &json) }
        }
    }

    private static func writeTexts(_ name: StaticString, _ texts: [String], to json: inout JSONWriter) {
        guard !texts.isEmpty else { return }
        json.name(name)
        json.array { json in
            for text in texts { json.string(text) }
        }
    }
}

extension Policy {
    /// Its name as a member's name.
    fileprivate var key: StaticString {
        switch self {
        case .mutate: "mutate"
        case .strict: "strict"
        case .audit: "audit"
        }
    }
}
