import Admission
import JSON
import UWSGI

/// Looks for uWSGI without an effective max-fd in any number of manifests, which it reads piece by piece.
public struct Scan {
    public let settings: ScanSettings
    /// What has been read so far, for showing progress.
    public private(set) var progress = Progress()
    private var problems: [ScanProblem] = []
    private var problemCount = 0
    private var ledger = ScanLedger()
    private let parser = JSONParser(maximumDepth: ManifestReader.maximumDepth)

    /// How far a scan has come.
    public struct Progress: Sendable, Hashable {
        public var bytes = 0
        /// Pods and objects with a Pod template.
        public var objects = 0
    }

    public init(settings: ScanSettings) {
        self.settings = settings
    }

    /// Reads one file or stream.
    /// - Parameters:
    ///   - source: its bytes.
    ///   - file: what it is called in the report.
    ///   - step: called after each piece, for showing progress.
    public mutating func read(
        _ source: any ByteSource, file: String, step: (Progress) -> Void = { _ in }
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

    /// The most problems that are told of one by one: a large file that is no manifest must not fill the memory.
    private static let mostProblems = 1000

    /// Notes what could not be read.
    public mutating func note(_ problem: ScanProblem) {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append(problem) }
    }

    /// All that was found, folded.
    public func report() -> ScanReport {
        let (findings, others) = ledger.findings(settings: settings)
        var problems = problems
        if let last = problems.last, problemCount > problems.count {
            let reason = "and \(problemCount - problems.count) more problems"
            problems.append(ScanProblem(file: last.file, line: nil, reason: reason))
        }
        return ScanReport(
            findings: findings, others: others, problems: problems, objectCount: progress.objects,
            nodeLimit: settings.nodeLimit, policy: settings.policy)
    }

    private mutating func read(
        _ piece: ManifestSplitter.Piece, file: String
    ) {
        do throws(ManifestError) {
            for document in try ManifestReader.documents(in: piece.bytes, line: piece.line, parser: parser) {
                do throws(ManifestError) {
                    try ManifestObject.all(in: document, itemKind: piece.itemKind) { object in
                        examine(object, of: document, file: file)
                    }
                } catch {
                    report(error, file: file)
                }
            }
        } catch {
            report(piece.hasTemplate ? error.asTemplate : error, file: file)
        }
    }

    private mutating func examine(
        _ found: ManifestObject, of document: ManifestReader.Document, file: String
    ) {
        let object = ScannedObject(found.value, kind: found.kind)
        let inspection: PolicyPreview?
        do {
            inspection = try PolicyPreview(
                ofPodsIn: found.value, kind: found.kind, settings: settings.admission)
        } catch {
            let line = document.line(of: found.pointer)
            note(ScanProblem(file: file, line: line, reason: "\(error)"))
            return
        }
        ledger.note(object, hasTemplate: inspection != nil)
        guard let inspection else { return }
        progress.objects += 1
        let findings = inspection.findings.filter(\.detection.runsUWSGI)
        guard !findings.isEmpty, !object.isHistory, !ledger.isKnown(object) else { return }
        for finding in findings {
            ledger.count(finding.container, of: object, isBad: inspection.isBad(finding)) {
                let line = document.line(of: found.pointer + finding.container.pointer)
                return ScanRecord(
                    finding, of: inspection, in: object, at: SourcePlace(file: file, line: line))
            }
        }
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
