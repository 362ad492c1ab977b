import Admission
import Catalogue
import JSON
import TestSupport
import Testing
import UWSGI

/// Reviews with an image catalogue.
@Suite struct ImageCatalogueReviewTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let image = "docker.io/overhangio/openedx:21.0.0"

    private func catalogue() throws -> CatalogueStore {
        var entry = CatalogueEntry(
            digest: try #require(ImageDigest(Self.digest)), references: [Self.image],
            cmd: ["uwsgi", "/openedx/uwsgi.ini"], read: "2026-11-25T12:00:00Z")
        entry.environment = [EnvironmentVariable(name: "UWSGI_WORKERS", value: .literal("2"))]
        var catalogue = ImageCatalogue()
        catalogue.add(entry)
        return CatalogueStore(catalogue)
    }

    private func review(_ image: String, _ store: CatalogueStore?) throws -> ReviewResult {
        let body = #"""
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
              "uid": "1", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
              "object": {"metadata": {"name": "lms"}, "spec": {"containers": [
                {"name": "lms", "image": "\#(image)"}, {"name": "other", "image": "busybox"}]}}}}
            """#
        let reviewer = AdmissionReviewer(settings: AdmissionSettings(catalogue: store))
        return try Array(body.utf8).withUnsafeBytes { try reviewer.review($0, policy: .mutate) }
    }

    @Test func `An entry by digest makes Open edX certain, with the image's command as evidence`() throws {
        let result = try review("\(Self.image)@\(Self.digest)", try catalogue())
        let verdict = try #require(result.record.verdict.containers.first)
        #expect(verdict.finding.detection.certainty == .certain)
        #expect(
            verdict.finding.detection.evidence == [
                "image CMD[0] uwsgi", "image sha256:abababababab read 2026-11-25T12:00:00Z (catalogue)",
            ])
        #expect(result.record.decision == .patched)
        #expect(result.imageLookups == [.digest: 1, .unknown: 1])
    }

    @Test func `Its max-fd is what its ini says`() throws {
        var entry = CatalogueEntry(
            digest: try #require(ImageDigest(Self.digest)), cmd: ["uwsgi", "/openedx/uwsgi.ini"],
            read: "2026-11-25T12:00:00Z")
        entry.files = [.init(path: "/openedx/uwsgi.ini", text: "[uwsgi]\nhttp = :8000\nmax-fd = 4096\n")]
        var catalogue = ImageCatalogue()
        catalogue.add(entry)
        let result = try review("\(Self.image)@\(Self.digest)", CatalogueStore(catalogue))
        let detection = try #require(result.record.verdict.containers.first?.finding.detection)
        #expect(detection.certainty == .certain)
        #expect(detection.evidence.first == "image CMD[0] uwsgi")
        #expect(detection.maxFD.state == .set)
        #expect(detection.maxFD.number == 4096)
        #expect(detection.maxFD.source == "/openedx/uwsgi.ini:3")
        #expect(result.record.decision == .allowed)
    }

    @Test func `An entry by tag makes it likely, with the time of reading`() throws {
        let result = try review(Self.image, try catalogue())
        let verdict = try #require(result.record.verdict.containers.first)
        #expect(verdict.finding.detection.certainty == .likely)
        #expect(
            verdict.finding.detection.evidence.last
                == "image tag 21.0.0 as of 2026-11-25T12:00:00Z (catalogue)")
        #expect(result.imageLookups == [.tag: 1, .unknown: 1])
    }

    @Test func `Of a Pod that runs, the digest of what runs counts, but not of one that is being created`()
        throws
    {
        let pod = #"""
            {"kind": "Pod", "metadata": {"name": "lms"}, "spec": {"containers": [
              {"name": "lms", "image": "\#(Self.image)"}]}, "status": {"containerStatuses": [
              {"name": "lms", "imageID": "docker-pullable://overhangio/openedx@\#(Self.digest)"}]}}
            """#
        let settings = AdmissionSettings(catalogue: try catalogue())
        let preview = try PolicyPreview(of: try JSONParser().parse(Array(pod.utf8)), settings: settings)
        #expect(preview.findings.first?.detection.certainty == .certain)
        let review = #"""
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "1",
             "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE", "object": \#(pod)}}
            """#
        let result = try Array(review.utf8).withUnsafeBytes {
            try AdmissionReviewer(settings: settings).review($0, policy: .mutate)
        }
        #expect(result.record.verdict.containers.first?.finding.detection.certainty == .likely)
    }

    @Test(arguments: [
        (#""command": ["/app/worker.sh"]"#, true), (#""command": ["sh", "-c", "exec /app/worker.sh"]"#, true),
        (#""command": ["/usr/bin/worker"]"#, true), (#""command": ["/openedx/known.sh"]"#, false),
        (#""command": ["/openedx/absent.sh"]"#, false), (#""command": ["celery", "worker"]"#, false),
        (#""command": ["/app/worker.sh"], "volumeMounts": [{"name": "a", "mountPath": "/app"}]"#, false),
        (#""args": ["uwsgi"]"#, false),
    ])
    func `Registries are asked for files of a known image that nobody has looked for`(
        _ members: String, _ isAsked: Bool
    ) throws {
        var entry = CatalogueEntry(
            digest: try #require(ImageDigest(Self.digest)), references: [Self.image], cmd: ["true"])
        entry.files = [.init(path: "/openedx/known.sh", text: "exec sleep 1")]
        entry.omitted = [.init(path: "/openedx/absent.sh", reason: "not in the image")]
        var catalogue = ImageCatalogue()
        catalogue.add(entry)
        let body = #"""
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
              "uid": "1", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
              "object": {"metadata": {"name": "lms"}, "spec": {"volumes": [{"name": "a", "emptyDir": {}}],
              "containers": [{"name": "lms", "image": "\#(Self.image)", \#(members)}]}}}}
            """#
        for isInCatalogue in [true, false] {
            var settings = AdmissionSettings(
                catalogue: CatalogueStore(isInCatalogue ? catalogue : ImageCatalogue()))
            func unread() throws -> [UnreadImage] {
                try Array(body.utf8).withUnsafeBytes {
                    try AdmissionReviewer(settings: settings).review($0, policy: .mutate).unreadImages
                }
            }
            if isInCatalogue { #expect(try unread().isEmpty) }
            settings.registryImages = CatalogueStore(
                isInCatalogue ? ImageCatalogue(of: .registry) : catalogue)
            let images = try unread()
            #expect(images.map(\.known?.digest.description) == (isAsked ? [Self.digest] : []))
            #expect(images.first?.containers.count ?? 1 == 1)
            #expect(images.first?.containers.first?.imageConfiguration == nil)
        }
    }

    @Test func `Without a catalogue nothing is looked up`() throws {
        let result = try review(Self.image, nil)
        #expect(result.record.decision == .allowed && result.imageLookups.isEmpty)
    }

    @Test func `Images' texts raise a review's budget once for each image, and not without bound`() throws {
        let store = try catalogue()
        let container = #"{"name": "a", "image": "\#(Self.image)@\#(Self.digest)"}"#
        func pod(_ count: Int) -> String {
            #"{"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": ["#
                + Array(repeating: container, count: count).joined(separator: ",") + "]}}"
        }
        // Two containers of one image are both found; the answer does not depend on how many there are.
        for count in [1, 2, 200] {
            let document = try JSONParser().parse(Array(pod(count).utf8))
            let preview = try PolicyPreview(of: document, settings: AdmissionSettings(catalogue: store))
            #expect(preview.findings.allSatisfy { $0.detection.certainty == .certain })
        }
    }
}
