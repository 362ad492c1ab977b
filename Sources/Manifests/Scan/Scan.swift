import Admission
import JSON
import Nodes
import UWSGI

/// Looks for uWSGI without an effective max-fd in any number of manifests, which it reads piece by piece.
public struct Scan {
    public let settings: ScanSettings
    /// What has been read so far, for showing progress.
    public private(set) var progress = Progress()
    private var problems: [ScanProblem] = []
    private var problemCount = 0
    private var notes: [ScanProblem] = []
    private var noteCount = 0
    private var ledger = ScanLedger()
    private(set) var joiner: ScanJoiner
    private var lastFile = "-"
    private var nodes = NodeInventory()
    private var limits = LimitsInForce()
    private let parser = ManifestStream.makeParser()

    /// How far a scan has come.
    public struct Progress: Sendable, Hashable {
        public var bytes = 0
        /// Pods and objects with a Pod template.
        public var objects = 0
    }

    public init(settings: ScanSettings) {
        self.settings = settings
        joiner = ScanJoiner(settings)
    }

    /// Reads one file or stream.
    /// - Parameters:
    ///   - source: its bytes.
    ///   - file: what it is called in the report.
    ///   - step: called after each piece, for showing progress.
    /// - Returns: what there was in it.
    @discardableResult
    public mutating func read(
        _ source: any ByteSource, file: String, step: (Progress) -> Void = { _ in }
    ) -> ScanContents {
        lastFile = file
        let bytesBefore = progress.bytes
        let problemsBefore = problemCount
        var contents = ScanContents()
        var stream = ManifestStream(source, largestPiece: settings.largestDocument, parser: parser)
        do {
            while let part = try stream.next() {
                read(part, file: file, &contents)
                progress.bytes = bytesBefore + stream.splitter.window.bytesRead
                step(progress)
            }
        } catch let error as ManifestError {
            report(error, file: file)
        } catch {
            note(ScanProblem(file: file, line: nil, reason: "\(error)"))
        }
        progress.bytes = bytesBefore + stream.splitter.window.bytesRead
        contents.lists += stream.splitter.listCount
        contents.hasProblem = problemCount > problemsBefore
        return contents
    }

    /// Reads the limits in force from what the kubelet serves as `/metrics/cadvisor`, or from Prometheus' answer to a
    /// query for them. Pods are joined with them as they are read: limits come before manifests.
    /// - Parameters:
    ///   - source: the bytes, which may be compressed by gzip.
    ///   - file: what it is called in the report.
    public mutating func readLimits(_ source: any ByteSource, file: String) {
        let problemsBefore = problemCount
        var reader = LimitsReader(limits, file: file)
        limits = LimitsInForce()
        reader.read(source) { note($0) }
        limits = reader.limits
        guard reader.count == 0, problemCount == problemsBefore, !settings.allowsEmpty else { return }
        note(ScanProblem(file: file, line: nil, reason: LimitsReader.emptiness))
    }

    /// The most problems that are reported one by one: a large file that is not a manifest must not fill the memory.
    private static let mostProblems = 1000

    /// Notes what could not be read.
    public mutating func note(_ problem: ScanProblem) {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append(problem) }
    }

    /// Notes something that looks like what is looked for, and was not looked at.
    private mutating func noteUnread(_ note: ScanProblem) {
        noteCount += 1
        if notes.count < Self.mostProblems { notes.append(note) }
    }

    /// All that was found, folded. What is no longer needed is let go on the way, so that the end takes no more memory
    /// than the reading.
    public consuming func report() -> ScanReport {
        let notes = notes + joiner.notes(file: lastFile)
        var waiting = joiner.takeWaiting()
        while let entry = waiting.popLast() {
            Self.count(
                joiner.joined(entry.request, file: entry.file), of: entry.object,
                placements: entry.placements, ceiling: settings.admission.detector.ceiling, in: &ledger
            ) { entry.places[$0] ?? SourcePlace(file: entry.file, line: 1) }
        }
        joiner = ScanJoiner(settings)
        let outcome = ledger.outcome(settings: settings, nodes: nodes)
        if let last = problems.last, problemCount > problems.count {
            let reason = "and \(problemCount - problems.count) more problems"
            problems.append(ScanProblem(file: last.file, line: nil, reason: reason))
        }
        return ScanReport(
            findings: outcome.findings, others: outcome.others, contradictions: outcome.contradictions,
            nodes: nodes.overview, problems: problems, notes: notes,
            objectCount: progress.objects, nodeLimit: settings.nodeLimit, policy: settings.policy)
    }

    private mutating func read(_ part: ManifestStream.Part, file: String, _ contents: inout ScanContents) {
        if let error = part.error {
            report(part.piece.hasTemplate ? error.asTemplate : error, file: file)
        }
        for document in part.documents {
            do throws(ManifestError) {
                let count = try ManifestObject.all(in: document, itemKind: part.itemKind) { object in
                    examine(object, of: document, file: file)
                }
                contents.objects += count.objects
                contents.lists += count.emptyLists
                if count.objects == 0, count.emptyLists == 0 {
                    noteNoObject(document, file: file, &contents)
                }
            } catch {
                report(error, file: file)
            }
        }
    }

    /// A text that stands where a manifest should is what a command wrote that has failed; other documents may be
    /// the values of a chart, or whatever a folder holds beside manifests.
    private mutating func noteNoObject(
        _ document: ManifestReader.Document, file: String, _ contents: inout ScanContents
    ) {
        if document.value.kind == .string, !settings.allowsEmpty {
            let text = document.value.string ?? ""
            let excerpt = text.count > 80 ? text.prefix(79) + "…" : text[...]
            note(
                ScanProblem(
                    file: file, line: document.line,
                    reason: "a text and not an object: \"\(excerpt)\"; did the command that wrote it fail?"))
        }
        if contents.firstOther == nil { contents.firstOther = document.line }
    }

    private mutating func examine(
        _ found: ManifestObject, of document: ManifestReader.Document, file: String
    ) {
        let object = ScannedObject(found)
        if let message = object.failure {
            let line = document.lines.line(of: found.pointer)
            note(
                ScanProblem(file: file, line: line, reason: "the API server's answer is an error: \(message)")
            )
            return
        }
        guard
            !joiner.take(
                found, place: SourcePlace(file: file, line: document.lines.line(of: found.pointer)))
        else { return }
        guard !object.isNode else {
            let line = document.lines.line(of: found.pointer)
            nodes.note(NodeDescription(found.value), at: SourcePlace(file: file, line: line))
            return
        }
        let previews: [PolicyPreview]
        do {
            let all = try PolicyPreview.all(
                ofPodsIn: found.value, kind: found.kind, settings: settings.admission)
            previews = all.previews
            for (pointer, reason) in all.unread {
                let line = document.lines.line(of: found.pointer + pointer)
                noteUnread(
                    ScanProblem(
                        file: file, line: line,
                        reason: "\(found.kind) \(object.reference.name): not looked at: \(reason)"))
            }
        } catch {
            let line = document.lines.line(of: found.pointer + (error.pointer ?? ""))
            note(ScanProblem(file: file, line: line, reason: "\(error)"))
            return
        }
        ledger.note(object, hasTemplate: !previews.isEmpty)
        guard !previews.isEmpty else { return }
        take(previews, found, object, of: document, file: file)
    }

    /// Counts an object from which Pods come, or lets it wait for what it refers to.
    private mutating func take(
        _ previews: [PolicyPreview], _ found: ManifestObject, _ object: ScannedObject,
        of document: ManifestReader.Document, file: String
    ) {
        progress.objects += 1
        let request = joiner.request(for: previews, of: found)
        guard request != nil || previews.contains(where: { $0.findings.contains(where: $0.counts) }),
            !object.isHistory, !ledger.isKnown(object)
        else { return }
        let place = { (pointer: String) in
            SourcePlace(file: file, line: document.lines.line(of: found.pointer + pointer))
        }
        var placements: [String: [Placement: Int]] = [:]
        for container in previews.lazy.flatMap(\.findings).map(\.container) {
            placements[container.pointer] = [placement(of: container, in: object): 1]
        }
        var joined = previews
        if let request {
            let isWaiting = joiner.wait(request, of: object, file: file, placements: placements) {
                let pointers = previews.flatMap(\.findings).map(\.container.pointer)
                return Dictionary(pointers.map { ($0, place($0)) }) { first, _ in first }
            }
            if isWaiting { return }
            joined = joiner.joined(request, file: file)
        }
        Self.count(
            joined, of: object, placements: placements, ceiling: settings.admission.detector.ceiling,
            in: &ledger, place: place)
    }

    /// Counts the containers of an object that run uWSGI.
    ///
    /// Static because a method would hold a copy of the scan, and the ledger would be copied whenever it is changed.
    /// - Parameters:
    ///   - placements: how many such objects there are in which place, by the container's place in the object.
    ///   - place: where a container stands, by its place in the object.
    private static func count(
        _ previews: [PolicyPreview], of object: ScannedObject, placements: [String: [Placement: Int]],
        ceiling: Int, in ledger: inout ScanLedger, place: (String) -> SourcePlace
    ) {
        for preview in previews {
            for finding in preview.findings where preview.counts(finding) {
                let lacksMaxFD = preview.lacksMaxFD(finding)
                for (placement, times) in placements[finding.container.pointer] ?? [.unknown: 1] {
                    let standing = ContainerStanding(
                        finding.detection.maxFD, lacksMaxFD: lacksMaxFD, placement: placement,
                        ceiling: ceiling)
                    ledger.count(finding.container, of: object, standing, times: times) {
                        ScanRecord(finding, of: preview, in: object, at: place(finding.container.pointer))
                    }
                }
            }
        }
    }

    /// Where a container runs.
    private mutating func placement(of container: PodContainer, in object: ScannedObject) -> Placement {
        var placement = Placement.unknown
        guard object.isPod else { return placement }
        placement.node = object.nodeName.map { nodes.number(of: $0) }
        placement.measured = limits.limit(
            namespace: object.reference.namespace, pod: object.reference.name, container: container.name)
        return placement
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
