import JSON

/// A scan's report for programs, as JSON on one line with a line feed at its end.
public struct ScanReportJSON: ReportFormat {
    public init() {}

    public func render(_ report: ScanReport) -> [UInt8] {
        var json = JSONWriter()
        ScanReportData.value(report).write(to: &json)
        json.endLine()
        return json.bytes
    }
}
