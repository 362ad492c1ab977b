import Admission

/// What a scan is asked.
public struct ScanSettings: Sendable {
    /// The numbers and patterns that the webhook takes too.
    public var admission: AdmissionSettings
    /// The limit of file descriptors on the nodes: what uWSGI takes where no max-fd is in force.
    public var nodeLimit: Int
    /// Only what this policy would do something about; `nil` for every uWSGI without an effective max-fd.
    public var policy: Policy?
    /// The largest document, or item of a List, that is read, in bytes. The API server's store takes objects of
    /// 1.5 MiB (etcd, `--max-request-bytes`).
    public var largestDocument: Int
    /// Whether an input without any object is an answer, and not a mistake.
    public var allowsEmpty: Bool

    /// What systemd makes of `LimitNOFILE=infinity` on most distributions.
    public static let usualNodeLimit = 1_073_741_816

    public init(
        admission: AdmissionSettings = AdmissionSettings(), nodeLimit: Int = usualNodeLimit,
        policy: Policy? = nil, largestDocument: Int = 16 << 20, allowsEmpty: Bool = false
    ) {
        self.admission = admission
        self.nodeLimit = nodeLimit
        self.policy = policy
        self.largestDocument = largestDocument
        self.allowsEmpty = allowsEmpty
    }
}
