import Foundation
import TestServerSupport
import TestSupport
import Testing

@testable import WebhookServer

/// The trace that a request belongs to. Source: W3C Trace Context, 3.2.
@Suite struct TraceParentTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test(arguments: [
        (valid, valid),
        (
            "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff",
            "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff"
        ),
        // A later version may say more, which is left out.
        (
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        ),
        (
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what\u{1B}[2J",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        ),
    ])
    func `What is valid is kept`(value: String, kept: String) {
        #expect(TraceParent.read(value) == kept)
    }

    @Test(arguments: [
        "", "00", "x", valid + "0", valid + "-01", valid + " ", " " + valid, String(valid.dropLast()),
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\"",
        "00-4bf92f3577b34da6a3ce929d0e0e47\u{E9}-00f067aa0ba902b7-01",
        String(repeating: "0", count: 100_000),
    ])
    func `What is not is ignored`(value: String) {
        #expect(TraceParent.read(value) == nil)
    }

    @Test func `It is in the audit record, and nothing else that a client may send`() async throws {
        let other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        try await ServerUnderTest.run { server in
            let headers = [
                "traceparent: \(Self.valid)\r\n", "TraceParent: \(other)\r\n", "",
                "traceparent: \(Self.valid)\r\ntraceparent: \(other)\r\n",
                "traceparent: \(Self.valid)\",\"decision\":\"forged\r\n",
            ]
            for header in headers {
                let client = try await server.connect()
                try await client.send(Request.review(extra: header))
                #expect(try await client.answer().status == 200)
            }
            #expect(
                try await server.eventually {
                    server.log.lines.filter { $0.contains("admission") }.count == 5
                })
            let records = server.log.lines.filter { $0.contains("admission") }
            let traces = records.map { line in
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return object?["traceparent"] as? String ?? "none"
            }
            #expect(traces.sorted() == [Self.valid, other, "none", "none", "none"].sorted())
            #expect(!records.contains { $0.contains("forged") })
            #expect(records.contains { $0.contains(#""traceparent":"\#(Self.valid)","durationMicros":"#) })
        }
    }
}
