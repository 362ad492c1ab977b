/// A scan's report for programs, as YAML: the same data as ``ScanReportJSON`` writes.
public struct ScanReportYAML: ReportFormat {
    public init() {}

    public func render(_ report: ScanReport) -> [UInt8] { Array(ScanReportData.value(report).yaml.utf8) }
}
