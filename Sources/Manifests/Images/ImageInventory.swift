import Admission
import Catalogue
import JSON
import UWSGI

/// The images that manifests name, and what runs from them.
public struct ImageInventory {
    /// An image, as Pods name it.
    public struct Image {
        /// As it is written.
        public let name: String
        /// What a container runtime says that really runs (`status.containerStatuses[].imageID`).
        public var runningDigests: Set<ImageDigest> = []
        /// Containers that run from it and whose start the specification leaves open.
        public var containers: [ContainerSpecification] = []
    }

    /// By name.
    public private(set) var images: [String: Image] = [:]
    public private(set) var problems: [ScanProblem] = []
    private let parser = ManifestStream.makeParser()
    private let detector: Detector

    /// The most images, and the most containers that are kept of one.
    private static let mostImages = 100_000
    private static let mostContainers = 64
    private static let mostProblems = 1000
    private static let largestDocument = 16 << 20

    public init(detector: Detector = Detector()) { self.detector = detector }

    /// Reads one file or stream of manifests, or of what kubectl writes.
    /// - Parameters:
    ///   - source: its bytes.
    ///   - file: what messages call it.
    public mutating func read(_ source: any ByteSource, file: String) {
        var stream = ManifestStream(source, largestPiece: Self.largestDocument, parser: parser)
        do {
            while let part = try stream.next() {
                if let error = part.error {
                    note(ScanProblem(file: file, line: error.line, reason: error.reason))
                }
                for document in part.documents {
                    try ManifestObject.all(in: document, itemKind: part.itemKind) { note($0) }
                }
            }
        } catch let error as ManifestError {
            note(ScanProblem(file: file, line: error.line, reason: error.reason))
        } catch {
            note(ScanProblem(file: file, line: nil, reason: "\(error)"))
        }
    }

    private mutating func note(_ problem: ScanProblem) {
        if problems.count < Self.mostProblems { problems.append(problem) }
    }

    private mutating func note(_ object: ManifestObject) {
        let settings = AdmissionSettings(detector: detector)
        guard
            let all = try? PolicyPreview.all(ofPodsIn: object.value, kind: object.kind, settings: settings)
        else { return }
        let running = object.kind == "Pod" ? RunningImages.digests(of: object.value) : [:]
        for finding in all.previews.flatMap(\.findings) {
            let container = finding.container.specification
            guard !container.image.isEmpty, finding.leavesOpen else { continue }
            guard images[container.image] != nil || images.count < Self.mostImages else { continue }
            var image = images[container.image] ?? Image(name: container.image)
            if image.containers.count < Self.mostContainers, !image.containers.contains(container) {
                image.containers.append(container)
            }
            if let digest = running[finding.container.name] { image.runningDigests.insert(digest) }
            images[container.image] = image
        }
    }
}
