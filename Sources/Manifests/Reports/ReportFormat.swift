/// A form in which a scan's report is written.
public protocol ReportFormat {
    /// The whole report, as bytes of UTF-8.
    func render(_ report: ScanReport) -> [UInt8]
}

extension ReportFormat {
    /// The whole report, as text.
    public func text(of report: ScanReport) -> String { String(decoding: render(report), as: UTF8.self) }
}
