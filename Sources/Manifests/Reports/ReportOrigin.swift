/// Where a report comes from, for those who find it later.
public struct ReportOrigin: Sendable {
    /// The program's own version.
    public let version: String
    /// When it was made (RFC 3339).
    public let date: String
    /// The files, folders or streams that were read.
    public let sources: [String]
    /// The command as it was given.
    public let command: String

    public init(version: String, date: String, sources: [String], command: String) {
        self.version = version
        self.date = date
        self.sources = sources
        self.command = command
    }
}
