import Admission
import Catalogue
import NIOCore
import Testing

@testable import WebhookServer

/// Pods that were admitted before their images had been read.
@Suite struct UnseenPodsTests {
    private func pod(_ images: [String], bytes: Int = 100) -> UnseenPods.Pod {
        UnseenPods.Pod(
            body: ByteBuffer(repeating: 0x20, count: bytes), policy: .mutate,
            record: AuditRecord(policy: .mutate, error: AdmissionError(.internal, "")),
            images: Set(images.compactMap { ImageReference($0) }))
    }

    @Test func `A Pod is settled when the last of its images is`() throws {
        var pods = UnseenPods()
        #expect([pod(["a", "b"]), pod(["b"])].map { pods.add($0) } == [true, true])
        let (a, b) = (try #require(ImageReference("a")), try #require(ImageReference("b")))
        #expect(pods.settle(b, isRead: false).map(\.hasUnread) == [true])
        #expect((pods.count, pods.size) == (1, 100))
        #expect(pods.settle(b, isRead: true).map(\.hasUnread) == [])
        #expect(pods.settle(a, isRead: true).map(\.hasUnread) == [true])
        #expect((pods.count, pods.size) == (0, 0))
    }

    @Test func `As many are kept as there is room for`() {
        var pods = UnseenPods(mostPods: 3, mostBytes: 1000)
        #expect((1...5).map { _ in pods.add(pod(["a"])) } == [true, true, true, false, false])
        var large = UnseenPods(mostPods: 100, mostBytes: 250)
        #expect((1...5).map { _ in large.add(pod(["a"])) } == [true, true, false, false, false])
        #expect(large.size == 200)
    }
}
