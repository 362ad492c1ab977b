import Basics
import JSON
import UWSGI

/// The AdmissionReview that is sent back.
/// Source: Kubernetes `staging/src/k8s.io/api/admission/v1/types.go`, `AdmissionResponse`.
struct AdmissionResponse {
    let request: AdmissionRequest
    let policy: Policy
    let verdict: Verdict
    /// The max-fd that the policy sets.
    let maxFD: Int

    func encoded() -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("apiVersion", request.version.rawValue)
            json.member("kind", "AdmissionReview")
            json.name("response")
            json.object { writeResponse(to: &$0) }
        }
        return json.bytes
    }

    private func writeResponse(to json: inout JSONWriter) {
        json.member("uid", request.uid)
        json.member("allowed", verdict.denial == nil)
        if let denial = verdict.denial {
            json.name("status")
            json.object { json in
                json.member("status", "Failure")
                json.member("message", denial)
                json.member("reason", "Forbidden")
                json.member("code", 403)
            }
        }
        if !verdict.patch.isEmpty {
            var patch = JSONWriter(reserving: 512)
            verdict.patch.write(to: &patch)
            json.member("patchType", "JSONPatch")
            json.name("patch")
            json.base64(patch.bytes)
        }
        json.name("auditAnnotations")
        json.object { writeAuditAnnotations(to: &$0) }
        if !verdict.warnings.isEmpty {
            json.name("warnings")
            json.array { json in
                for warning in verdict.warnings { json.string(warning) }
            }
        }
    }

    private func writeAuditAnnotations(to json: inout JSONWriter) {
        json.member("policy", policy.rawValue)
        guard !mayBeSecondRound else { return }
        json.member("decision", verdict.decision.rawValue)
        // Not more than fit into what is shown of them.
        let names = verdict.containers.prefix(PrintableText.longestField).map {
            PrintableText.of($0.finding.container.name, limit: PrintableText.longestName)
        }
        json.memberIfPresent("containers", PrintableText.bounded(names.joined(separator: ",")))
        let exempted = verdict.exempted.prefix(AuditRecord.mostExempted).map {
            PrintableText.of($0, limit: PrintableText.longestName)
        }
        json.memberIfPresent("exempted", PrintableText.bounded(exempted.joined(separator: ",")))
        json.memberIfPresent("value", verdict.containers.lazy.compactMap(\.value).first)
    }

    /// Whether this webhook may have seen this Pod before and changed it, so that it is asked once more because
    /// another webhook changed it afterwards.
    ///
    /// The API server refuses a second, different value for an annotation of the same name. So where a variable
    /// already holds the very value that would be added, what the first round said is left standing.
    /// Source: Kubernetes `apiserver/pkg/admission/attributes.go`, `AddAnnotation`.
    private var mayBeSecondRound: Bool {
        guard policy == .mutate else { return false }
        let value = String(maxFD)
        // The two forms in which a cure is carried out: a variable of its own, and UWSGI_SET.
        let containers = verdict.containers
        return containers.indices.contains { index in
            containers[index].finding.container.specification.environment.contains { variable in
                guard variable.name.hasPrefix("UWSGI_"), case .literal(let text) = variable.value else {
                    return false
                }
                return text == value || text == "max-fd=" + value
            }
        }
    }
}
