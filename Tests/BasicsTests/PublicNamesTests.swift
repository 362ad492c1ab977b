import Basics
import Foundation
import Testing

/// The chart and the documentation use the names that the program has, and no others.
@Suite struct PublicNamesTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().standardized

    /// The files below a folder of the project whose names end so, as one text.
    private static func text(_ folder: String, endings: [String]) throws -> String {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        let files = names.filter { name in endings.contains { name.hasSuffix($0) } }
        try #require(!files.isEmpty)
        return try files.map {
            try String(contentsOf: root.appending(path: folder).appending(path: $0), encoding: .utf8)
        }.joined(separator: "\n")
    }

    private static func readme() throws -> String {
        try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    }

    private static let metricNames = Set(
        PublicNames.metrics + PublicNames.registryMetrics + PublicNames.nodeMetrics)

    private static func metrics(in text: String) -> Set<String> {
        Set(
            text.matches(of: /uwsgi_max_fd_[a-z_]*[a-z]/).map {
                String($0.output).replacing(/_(bucket|sum|count)$/, with: "")
            })
    }

    /// What stands behind `uwsgi-max-fd/` where a label's or an annotation's key stands: not in a path.
    private static func keys(in text: String) -> Set<String> {
        Set(text.matches(of: /(?:^|[^\/\w.-])(uwsgi-max-fd\/[a-z-]*[a-z])/).map { String($0.output.1) })
    }

    @Test func `The chart's rules, alerts and dashboard ask for metrics that there are`() throws {
        let chart = try Self.text(
            "charts/uwsgi-max-fd-webhook", endings: [".yaml", ".tpl", ".json"])
        let asked = Self.metrics(in: chart)
        #expect(asked.count > 8)
        #expect(asked.subtracting(Self.metricNames) == [])
    }

    @Test func `The chart's selectors read labels and annotations that there are`() throws {
        let chart = try Self.text("charts/uwsgi-max-fd-webhook", endings: [".yaml", ".tpl", ".json"])
        // The chart's own: which generation of a certificate that it makes a Deployment runs with.
        let own = ["uwsgi-max-fd/certificate-generation"]
        let used = Self.keys(in: chart)
        #expect(used.isSuperset(of: ["\(PublicNames.policyLabel)", "\(PublicNames.skipLabel)"]))
        #expect(used.subtracting(own + Self.known) == [])
    }

    @Test func `The documentation has every name, and no other`() throws {
        let docs = try Self.text("docs", endings: [".md"]) + Self.readme()
        #expect(Self.metrics(in: docs) == Self.metricNames)
        #expect(Self.keys(in: docs).subtracting(["uwsgi-max-fd/certificate-generation"]) == Set(Self.known))
        #expect(docs.contains(PublicNames.variable))
        let log = try Self.text("docs/reference", endings: ["log.md"])
        for field in PublicNames.auditFields + PublicNames.auditContainerFields + PublicNames.auditAnnotations
        {
            #expect(log.contains("`\(field)`"), "docs/reference/log.md does not explain \(field)")
        }
    }

    private static let known = [
        PublicNames.valueAnnotation, PublicNames.containersAnnotation, PublicNames.skipLabel,
        PublicNames.policyLabel,
    ].map { "\($0)" }
}
