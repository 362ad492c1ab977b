import Admission
import JSON
import UWSGI

/// Looks for uWSGI without an effective max-fd in any number of manifests, which it reads piece by piece.
public struct Scan {
    public let settings: ScanSettings
    /// What has been read so far, for showing progress.
    public private(set) var progress = Progress()
    private var problems: [ScanProblem] = []
    private var ledger = ScanLedger()
    private let parser = JSONParser(maximumDepth: ManifestReader.maximumDepth)

    /// How far a scan has come.
    public struct Progress: Sendable, Hashable {
        public var bytes = 0
        /// Pods and objects with a Pod template.
        public var objects = 0
    }

    /// Lists may hold Lists, but not without end.
    private static let deepestList = 8

    public init(settings: ScanSettings) {
        self.settings = settings
    }

    /// Reads one file or stream.
    /// - Parameters:
    ///   - source: its bytes.
    ///   - file: what it is called in the report.
    ///   - step: called after each piece, for showing progress.
    public mutating func read(
        _ source: some ByteSource, file: String, step: (Progress) -> Void = { _ in }
    ) {
        let bytesBefore = progress.bytes
        var splitter = ManifestSplitter(source, largestPiece: settings.largestDocument)
        do {
            while let piece = try splitter.next() {
                read(piece, file: file)
                progress.bytes = bytesBefore + splitter.window.bytesRead
                step(progress)
            }
        } catch let error as ManifestError {
            report(error, file: file)
        } catch {
            note(ScanProblem(file: file, line: nil, reason: "\(error)"))
        }
        progress.bytes = bytesBefore + splitter.window.bytesRead
    }

    /// Notes what could not be read at all.
    public mutating func note(_ problem: ScanProblem) {
        problems.append(problem)
    }

    /// All that was found, folded.
    public func report() -> ScanReport {
        let (findings, others) = ledger.findings(settings: settings)
        return ScanReport(
            findings: findings, others: others, problems: problems, objectCount: progress.objects,
            nodeLimit: settings.nodeLimit, policy: settings.policy)
    }

    private mutating func read(
        _ piece: ManifestSplitter<some ByteSource>.Piece, file: String
    ) {
        do throws(ManifestError) {
            for document in try ManifestReader.documents(in: piece.bytes, line: piece.line, parser: parser) {
                read(document.value, of: document, at: "", kind: piece.itemKind, depth: 0, file: file)
            }
        } catch {
            report(piece.hasTemplate ? error.asTemplate : error, file: file)
        }
    }

    /// Reads an object, or every object of a List.
    private mutating func read(
        _ value: JSONValue, of document: ManifestReader.Document, at pointer: String, kind: String?,
        depth: Int, file: String
    ) {
        let elements = value.kind == .array ? value : value["items"].flatMap { $0.kind == .array ? $0 : nil }
        if let elements {
            guard depth < Self.deepestList else {
                let reason = "Lists inside Lists, more than \(Self.deepestList) deep"
                note(ScanProblem(file: file, line: document.line(of: pointer), reason: reason))
                return
            }
            let kindOfList = value["kind"]?.string.flatMap { $0.hasSuffix("List") ? $0.dropLast(4) : nil }
            let place = value.kind == .array ? pointer : pointer + "/items"
            for (index, element) in elements.elements.enumerated() {
                read(
                    element, of: document, at: "\(place)/\(index)", kind: kindOfList.map { String($0) },
                    depth: depth + 1, file: file)
            }
            return
        }
        do {
            try examine(value, of: document, at: pointer, kind: kind, file: file)
        } catch {
            let line = document.line(of: pointer)
            note(ScanProblem(file: file, line: line, reason: "\(error)"))
        }
    }

    private mutating func examine(
        _ value: JSONValue, of document: ManifestReader.Document, at pointer: String, kind: String?,
        file: String
    ) throws(AdmissionError) {
        guard value.kind == .object, let kind = Self.kind(of: value, listed: kind) else { return }
        let object = ScannedObject(value, kind: kind)
        let inspection = try Inspection(ofPodsIn: value, kind: kind, settings: settings.admission)
        ledger.note(object, hasTemplate: inspection != nil)
        guard let inspection else { return }
        progress.objects += 1
        let findings = inspection.findings.filter(\.detection.runsUWSGI)
        guard !findings.isEmpty, !object.isHistory, !ledger.isKnown(object) else { return }
        for finding in findings {
            ledger.count(finding.container, of: object, isBad: inspection.isBad(finding)) {
                let line = document.line(of: pointer + finding.container.pointer)
                return ScanRecord(
                    finding, of: inspection, in: object, at: SourcePlace(file: file, line: line))
            }
        }
    }

    /// What an object says it is, or what the List that it came in says; failing both, a Pod if it looks like one.
    private static func kind(of value: JSONValue, listed: String?) -> String? {
        if let kind = value["kind"]?.string, !kind.isEmpty { return kind }
        if let listed, !listed.isEmpty { return listed }
        let isPod = value["metadata"]?.kind == .object && value["spec"]?["containers"]?.kind == .array
        return isPod ? "Pod" : nil
    }

    private mutating func report(_ error: ManifestError, file: String) {
        note(ScanProblem(file: file, line: error.line, reason: error.reason))
    }
}

extension ManifestSplitter.Piece {
    /// Whether it holds what Helm and others replace before a manifest is one.
    fileprivate var hasTemplate: Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "{") && $1 == UInt8(ascii: "{") }
    }
}

extension ManifestError {
    /// The same, for a text that is a template.
    fileprivate var asTemplate: ManifestError {
        ManifestError(
            line: line,
            reason: reason + " (a template? render it first: helm template … | uwsgi-max-fd scan -)")
    }
}
