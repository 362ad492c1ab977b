import Admission
import Catalogue
import NIOCore

/// Pods that were admitted before their images had been read, kept until it is known what these start.
struct UnseenPods {
    struct Pod: Sendable {
        /// The review, as the API server sent it.
        var body: ByteBuffer
        var policy: Policy
        /// What was answered.
        var record: AuditRecord
        /// What is still to be read of it.
        var images: Set<ImageReference>
        /// Whether one of its images could not be read.
        var hasUnread = false
    }

    private var pods: [Int: Pod] = [:]
    private var numbersByImage: [ImageReference: [Int]] = [:]
    private var nextNumber = 0
    /// In bytes.
    private(set) var size = 0
    private let mostPods: Int
    private let mostBytes: Int

    init(mostPods: Int = 1024, mostBytes: Int = 8 << 20) {
        self.mostPods = mostPods
        self.mostBytes = mostBytes
    }

    var count: Int { pods.count }

    /// - Returns: whether there was room for it.
    mutating func add(_ pod: Pod) -> Bool {
        let bytes = pod.body.readableBytes
        guard count < mostPods, size + bytes <= mostBytes else { return false }
        var pod = pod
        // What it lies in is as large as what came with it.
        pod.body = ByteBuffer(bytes: pod.body.readableBytesView)
        nextNumber += 1
        pods[nextNumber] = pod
        for image in pod.images { numbersByImage[image, default: []].append(nextNumber) }
        size += bytes
        return true
    }

    /// Notes that an image has been read, or will not be.
    /// - Returns: the Pods of which nothing is left to be read.
    mutating func settle(_ image: ImageReference, isRead: Bool) -> [Pod] {
        var settled: [Pod] = []
        for number in numbersByImage.removeValue(forKey: image) ?? [] {
            guard var pod = pods[number] else { continue }
            pod.images.remove(image)
            if !isRead { pod.hasUnread = true }
            pods[number] = pod
            guard pod.images.isEmpty else { continue }
            pods[number] = nil
            size -= pod.body.readableBytes
            settled.append(pod)
        }
        return settled
    }
}
