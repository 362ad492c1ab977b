import Basics
import JSON

/// The request inside an AdmissionReview.
/// Source: Kubernetes `staging/src/k8s.io/api/admission/v1/types.go`, `AdmissionRequest`.
package struct AdmissionRequest {
    /// The version that the answer has to be written in.
    enum Version: String {
        case v1 = "admission.k8s.io/v1"
        case v1beta1 = "admission.k8s.io/v1beta1"
    }

    let version: Version
    let uid: String
    let group: String
    let kind: String
    /// The part of the resource that the request is about, `ephemeralcontainers` for instance; mostly empty.
    let subresource: String
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    let operation: String
    let namespace: String
    /// Empty when the API server is still to make one up from `generateName`.
    let name: String
    let user: String
    let isDryRun: Bool
    /// The object as it will be stored; `nil` on DELETE.
    let object: JSONValue?
    /// The object as it is stored; `nil` on CREATE.
    let oldObject: JSONValue?

    /// Reads a whole document.
    /// - Throws: ``AdmissionError`` of kind `malformed` when it is not an AdmissionReview with a request.
    package init(document: JSONValue) throws(AdmissionError) {
        guard document.kind == .object, document["kind"]?.equals("AdmissionReview") == true else {
            let kind = document["kind"]?.string.map {
                "kind is \"\(PrintableText.of($0, limit: PrintableText.longestName))\""
            }
            throw AdmissionError(
                .malformed, "the body is not an AdmissionReview: \(kind ?? "it has no kind")")
        }
        guard let version = Version(rawValue: try document.text("apiVersion", in: "AdmissionReview")) else {
            throw AdmissionError(
                .malformed,
                "AdmissionReview.apiVersion must be \(Version.v1.rawValue) or \(Version.v1beta1.rawValue)")
        }
        let request = try document.requiredObject("request", in: "AdmissionReview")
        let place = "request"
        uid = try request.text("uid", in: place)
        guard !uid.isEmpty else { throw AdmissionError(.malformed, "request.uid must not be empty") }
        self.version = version
        let kind = try request.requiredObject("kind", in: place)
        group = try kind.text("group", in: "request.kind")
        self.kind = try kind.text("kind", in: "request.kind")
        operation = try request.text("operation", in: place)
        guard !self.kind.isEmpty, !operation.isEmpty else {
            throw AdmissionError(.malformed, "request.kind.kind and request.operation must not be empty")
        }
        subresource = try request.text("subResource", in: place)
        namespace = try request.text("namespace", in: place)
        name = try request.text("name", in: place)
        user = try request.object("userInfo", in: place)?.text("username", in: "request.userInfo") ?? ""
        isDryRun = try request.flag("dryRun", in: place)
        object = try request.object("object", in: place)
        oldObject = try request.object("oldObject", in: place)
    }
}
