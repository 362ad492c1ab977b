/// What is known of the limit that a node hands out to its containers.
public struct NodeAssessment: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It hands out so many descriptors that a table of them does harm.
        case dangerous
        case safe
        case unknown
    }

    public let verdict: Verdict
    /// The soft limit that containers get, in file descriptors, where it is known.
    public let limit: Int?
    public let reason: String
    /// What to do about it; empty where nothing has to be done.
    public let cure: String
    /// Where the fact was read.
    public let source: String

    static let unlisted = NodeAssessment(
        verdict: .unknown, limit: nil, reason: "nothing is known of this combination of system and runtime",
        cure: "", source: "")
}

/// Limits above this are dangerous: a table of 2^24 pointers takes 128 MiB in each router process.
public enum DangerousLimit {
    /// In file descriptors.
    public static let threshold = 1 << 24
}
