import Basics
import Testing

@testable import WebhookServer

@Suite struct LogStampTests {
    @Test func `A moment is written as it would be by itself`() {
        var stamp = LogStamp()
        let milliseconds = [0, 0, 1, 9, 10, 99, 100, 678, 999, 5]
        for second in [1_700_000_000, 1_700_000_000, 1_700_000_001, 1_700_000_061, 1_699_999_999, 0, -1] {
            for millisecond in milliseconds {
                for nanosecond in [0, 999_999] {
                    let now = Timestamp(
                        seconds: second, nanoseconds: millisecond * 1_000_000 + nanosecond)
                    #expect(stamp.text(of: now) == now.rfc3339Milliseconds)
                }
            }
        }
    }
}
