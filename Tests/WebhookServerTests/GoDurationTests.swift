import Testing

@testable import WebhookServer

/// The table of Go's own test (src/time/time_test.go, `parseDurationTests` and `parseDurationErrorTests`).
@Suite struct GoDurationTests {
    @Test(
        arguments: [
            ("0", 0), ("5s", 5_000_000_000), ("30s", 30_000_000_000), ("1478s", 1_478_000_000_000),
            ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), ("-0", 0), ("+0", 0),
            ("5.0s", 5_000_000_000), ("5.6s", 5_600_000_000), ("5.s", 5_000_000_000), (".5s", 500_000_000),
            ("1.0s", 1_000_000_000), ("1.00s", 1_000_000_000), ("1.004s", 1_004_000_000),
            ("1.0040s", 1_004_000_000), ("100.00100s", 100_001_000_000),
            ("10ns", 10), ("11us", 11_000), ("12\u{B5}s", 12_000), ("12\u{3BC}s", 12_000),
            ("13ms", 13_000_000),
            ("14s", 14_000_000_000), ("15m", 900_000_000_000), ("16h", 57_600_000_000_000),
            ("3h30m", 12_600_000_000_000), ("10.5s4m", 250_500_000_000), ("-2m3.4s", -123_400_000_000),
            ("1h2m3s4ms5us6ns", 3_723_004_005_006), ("39h9m14.425s", 140_954_425_000_000),
            ("52763797000ns", 52_763_797_000), ("0.3333333333333333333h", 1_200_000_000_000),
            ("9223372036854775807ns", 9_223_372_036_854_775_807),
            ("0.9223372036854775807h", 3_320_413_933_267),
        ] as [(String, Int64)])
    func `What Go reads`(_ text: String, _ nanoseconds: Int64) {
        #expect(GoDuration(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "1 s", " 1s", "1s ", "1S", "--1s", "1s-1s",
        "1e3s",
        "9223372036854775808ns", "9223372036854775.808us", "9223372036855s", "3000000h", "0x1s",
        "1\u{0}s",
        "10%s", "s10", "1.2.3s", "\u{0661}s",
    ])
    func `What Go refuses`(_ text: String) {
        #expect(GoDuration(text) == nil)
    }

    @Test(
        arguments: [
            ("timeout=10s", 10_000_000_000), ("a=b&timeout=1s", 1_000_000_000),
            ("timeout=1s&timeout=2s", 1_000_000_000),
            ("timeout=0s", 0), ("timeout=-1s", -1_000_000_000),
            ("", nil), ("timeout", nil), ("timeout=", nil), ("timeout=ten", nil), ("Timeout=1s", nil),
            ("xtimeout=1s", nil), ("timeout=1s%20", nil), ("&&&", nil),
        ] as [(String, Int64?)])
    func `The budget in a query`(_ query: String, _ nanoseconds: Int64?) {
        #expect(WebhookRoutes.timeout(Substring(query))?.nanoseconds == nanoseconds)
    }
}
