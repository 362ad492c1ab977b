import Foundation
import NIOCore
import Synchronization
import TestSupport

/// Many callers that post recorded reviews, each with a uid of its own, and check every answer byte for byte.
final class ReviewLoad: Sendable {
    /// What the load has come to so far.
    struct Tally {
        /// The uids of the requests that were answered as they should be.
        var answered: [String] = []
        var lost: [String] = []
        var wrong: [String] = []
    }

    private let client: APIServerClient
    private let reviews: [PreparedReview]
    private let tally = Mutex(Tally())
    private let isEnding = Atomic(false)

    /// Prepares the load: every review is posted once, and its answer is the pattern for all later ones.
    init(_ client: APIServerClient) async throws {
        self.client = client
        var reviews: [PreparedReview] = []
        for (path, name, decision) in Self.cases {
            reviews.append(try await PreparedReview(path, name, decision, client))
        }
        self.reviews = reviews
        tally.withLock { $0.answered = reviews.map(\.uid) }
    }

    /// Patched and untouched, refused and warned of; one is large.
    private static let cases = [
        ("/mutate", "openedx-lms.pod", "patched"), ("/mutate", "openedx-lms-worker.pod", "allowed"),
        ("/mutate", "plain-command-no-env.pod", "patched"), ("/strict", "openedx-lms.pod", "denied"),
        ("/mutate", "already-set-env.pod", "allowed"), ("/mutate", "init-and-native-sidecar.pod", "patched"),
        ("/audit", "openedx-lms.pod", "warned"), ("/mutate", "large-60k.pod", "patched"),
        ("/strict", "openedx-lms-worker.pod", "allowed"), ("/mutate", "shell-wrapped.pod", "patched"),
    ]

    var result: Tally { tally.withLock { $0 } }
    var answered: Int { tally.withLock { $0.answered.count } }

    /// Begins: every caller posts one review after the other.
    /// - Parameter renewal: after how many calls a caller has one kept connection dropped; `nil` for never.
    func start(callers: Int, renewal: Int? = nil) -> Task<Void, Never> {
        Task {
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask { await self.post(from: caller, renewal: renewal) }
                }
            }
        }
    }

    /// Lets every caller finish its call, and no more.
    func end() { isEnding.store(true, ordering: .relaxed) }

    private func post(from caller: Int, renewal: Int?) async {
        var count = caller
        while !isEnding.load(ordering: .relaxed) {
            await post(reviews[count % reviews.count])
            count += 1
            if let renewal, count.isMultiple(of: renewal) { client.dropIdleConnection() }
        }
    }

    private func post(_ review: PreparedReview) async {
        let uid = UUID().uuidString.lowercased()
        do {
            let answer = try await client.call(review.path, ByteBuffer(bytes: review.request(uid)))
            let isRight = answer.status == 200 && answer.body == review.answer(uid)
            tally.withLock {
                if isRight {
                    $0.answered.append(uid)
                } else {
                    $0.wrong.append(
                        "\(review.name): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
                }
            }
        } catch {
            tally.withLock { $0.lost.append("\(review.name), uid \(uid): \(error)") }
        }
    }
}

/// A recorded review and its answer, with a gap for the uid.
private struct PreparedReview: Sendable {
    struct Failure: Error {
        let description: String
    }

    let name: String
    let path: String
    /// The uid of the call that gave the pattern.
    let uid: String
    private let requestPieces: [[UInt8]]
    private let answerPieces: [[UInt8]]

    init(_ path: String, _ name: String, _ decision: String, _ client: APIServerClient) async throws {
        self.path = path
        self.name = name
        let recorded = try Fixtures.review(name)
        guard let recordedUID = try JSONTree(recorded)["request"]?["uid"]?.string else {
            throw Failure(description: "\(name) has no uid")
        }
        uid = UUID().uuidString.lowercased()
        requestPieces = recorded.split(around: Array(recordedUID.utf8))
        let answer = try await client.call(path, ByteBuffer(bytes: requestPieces.joined(by: uid)))
        let response = try JSONTree(answer.body)["response"]
        guard answer.status == 200, response?["uid"]?.string == uid,
            response?["auditAnnotations"]?["decision"]?.string == decision,
            response?["allowed"]?.bool == (decision != "denied"),
            (response?["patch"] != nil) == (decision == "patched")
        else {
            throw Failure(
                description:
                    "\(path) \(name) is not \(decision): \(String(decoding: answer.body, as: UTF8.self))")
        }
        answerPieces = answer.body.split(around: Array(uid.utf8))
    }

    func request(_ uid: String) -> [UInt8] { requestPieces.joined(by: uid) }
    func answer(_ uid: String) -> [UInt8] { answerPieces.joined(by: uid) }
}

extension [UInt8] {
    fileprivate func split(around word: [UInt8]) -> [[UInt8]] {
        split(separator: word, omittingEmptySubsequences: false).map { [UInt8]($0) }
    }
}

extension [[UInt8]] {
    fileprivate func joined(by word: String) -> [UInt8] {
        [UInt8](joined(separator: [UInt8](word.utf8)))
    }
}
