/// A scan's report as one self-contained page: nothing is loaded from elsewhere, and a content security policy
/// keeps it so.
public struct ScanReportPage: ReportFormat {
    private let origin: ReportOrigin

    public init(origin: ReportOrigin) {
        self.origin = origin
    }

    public func render(_ report: ScanReport) -> [UInt8] {
        Array(ScanReportMarkup(report, origin: origin).rendered().utf8)
    }
}
