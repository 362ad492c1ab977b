import Basics
import Foundation
import TestSupport
import Testing

@testable import WebhookServer

@Suite struct MetricsTextTests {
    @Test func `Escapes`() {
        var text = MetricsText()
        text.family("a_total", .counter, "Back\\slash, line\nfeed, \"quotes\".")
        text.sample("a_total", [("x", "Back\\slash, line\nfeed, \"quotes\".")], 1)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_total Back\\\\slash, line\\nfeed, "quotes".
                # TYPE a_total counter
                a_total{x="Back\\\\slash, line\\nfeed, \\"quotes\\"."} 1

                """)
    }

    @Test func `Histograms are cumulated`() {
        let histogram = Histogram()
        for nanoseconds in [1, 50_000, 50_001, 1_000_000, 5_000_000_000, 5_000_000_001] {
            histogram.observe(nanoseconds: nanoseconds)
        }
        let other = Histogram()
        other.observe(nanoseconds: 60_000)
        var text = MetricsText()
        text.histogram("d_seconds", [("policy", "mutate")], histogram.snapshot + other.snapshot)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == Histogram.limits.count + 3)
        #expect(lines[0] == #"d_seconds_bucket{policy="mutate",le="5e-05"} 2"#)
        #expect(lines[1] == #"d_seconds_bucket{policy="mutate",le="0.0001"} 4"#)
        #expect(lines[4] == #"d_seconds_bucket{policy="mutate",le="0.001"} 5"#)
        #expect(lines[15] == #"d_seconds_bucket{policy="mutate",le="5"} 6"#)
        #expect(lines[16] == #"d_seconds_bucket{policy="mutate",le="+Inf"} 7"#)
        #expect(lines[17] == #"d_seconds_sum{policy="mutate"} 10.001160003"#)
        #expect(lines[18] == #"d_seconds_count{policy="mutate"} 7"#)
    }

    @Test func `The server's metrics are the public ones`() {
        let metrics = ServerMetrics(
            loops: 1, build: ServerMetrics.Build(version: "1", swift: "6", openssl: "3"))
        let text = String(
            decoding: metrics.text(
                certificateNotAfter: 1, catalogue: .init(entries: 1, bytes: 1, loaded: 1), droppedLogLines: 0,
                process: nil),
            as: UTF8.self)
        #expect(Self.families(in: text) == PublicNames.metrics.sorted())
    }

    @Test func `The metrics of reading images are the public ones`() {
        var text = MetricsText()
        ImageReadMetrics().write(.init(images: 1, bytes: 1, oldest: 1, queued: 0, unseen: 0), to: &text)
        #expect(
            Self.families(in: String(decoding: text.bytes, as: UTF8.self))
                == PublicNames.registryMetrics.sorted())
    }

    private static func families(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
            String($0.split(separator: " ")[2])
        }.sorted()
    }

    @Test func `Bucket labels are the limits`() {
        #expect(Histogram.limits.map { Double($0) / 1e9 } == Histogram.limitLabels.compactMap { Double($0) })
    }

    @Test func `Process stat with an evil name`() {
        let stat =
            "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 7 0 1000 123456 789 18446744073709551615"
        let metrics = ProcessMetrics(
            stat: stat, bootTime: 1_000_000, ticksPerSecond: 100, pageSize: 4096, openDescriptors: 9,
            maximumDescriptors: nil)
        #expect(metrics?.cpuSeconds == 2)
        #expect(metrics?.threads == 7)
        #expect(metrics?.startTimeSeconds == 1_000_010)
        #expect(metrics?.residentBytes == 789 * 4096)
        #expect(metrics?.virtualBytes == 123_456)
        #expect(ProcessMetrics.bootTime("cpu 1 2\nbtime 77\nprocesses 3\n") == 77)
        #expect(ProcessMetrics.bootTime("cpu 1 2\n") == nil)
    }
}
