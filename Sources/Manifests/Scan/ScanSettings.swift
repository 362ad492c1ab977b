import Admission

/// What a scan is asked.
public struct ScanSettings: Sendable {
    /// The numbers and patterns that the webhook takes too.
    public var admission: AdmissionSettings
    /// The limit of file descriptors on the nodes: what uWSGI takes where no max-fd is in force.
    public var nodeLimit: Int
    /// Only what this policy would do something about; `nil` for every uWSGI without an effective max-fd.
    public var policy: Policy?
    /// The largest document, or item of a JSON List, that is read, in bytes.
    public var largestDocument: Int

    /// What systemd makes of `LimitNOFILE=infinity` on most distributions.
    public static let usualNodeLimit = 1_073_741_816

    public init(
        admission: AdmissionSettings = AdmissionSettings(), nodeLimit: Int = usualNodeLimit,
        policy: Policy? = nil, largestDocument: Int = 64 << 20
    ) {
        self.admission = admission
        self.nodeLimit = nodeLimit
        self.policy = policy
        self.largestDocument = largestDocument
    }
}
