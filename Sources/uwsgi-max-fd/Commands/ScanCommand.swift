import System
import Basics
import Admission
import ArgumentParser
import Manifests
import UWSGI

import Glibc

/// Every uWSGI container without an effective max-fd, in manifests and in what runs already.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find every uWSGI without an effective max-fd, in files, folders or a cluster's objects.",
        discussion: """
            Reads YAML and JSON: manifests, several documents in a file, Lists, and what kubectl and helm write:

              set -o pipefail
              kubectl get nodes,pods,deploy,sts,ds,job,cronjob -A -o json | uwsgi-max-fd scan
              helm template chart/ | uwsgi-max-fd scan -
              uwsgi-max-fd scan --output sarif deploy/ > uwsgi.sarif

            What comes of one object, a Deployment's ReplicaSets and Pods for instance, is one finding.

            Exit codes: 0 nothing found; 1 findings (see --fail-on); 2 a wrong call, something could not be read, or \
            there was nothing to look at: standard error says which file, which line and why, and the rest was looked \
            at all the same.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, json, yaml, sarif, junit, patch, html, openreports, policyreport
    }

    /// From which certainty on a finding ends the command with 1.
    enum FailOn: String, ExpressibleByArgument, CaseIterable {
        case certain, likely, never

        func applies(to findings: [ScanFinding]) -> Bool {
            switch self {
            case .certain: findings.contains { $0.certainty != .likely }
            case .likely: !findings.isEmpty
            case .never: false
            }
        }
    }

    @Argument(
        help: ArgumentHelp(
            "Manifests, or folders: their *.yaml, *.yml and *.json are read, folders below included, hidden ones "
                + "left out. - or nothing is standard input.", valueName: "file"))
    var files: [String] = []

    @Option(help: "How to write the report.")
    var output = Output.table

    @Option(
        help: ArgumentHelp(
            "Only what this policy would do something about: what strict would refuse, audit warn of, mutate change "
                + "or warn of.", valueName: "policy"))
    var policy: Policy?

    @Option(help: "From which certainty on findings end the command with 1.")
    var failOn = FailOn.likely

    @Option(
        help: ArgumentHelp(
            "The nodes' limit of file descriptors, used to estimate the memory at stake where neither Nodes in the input "
                + "nor --limits say more.", valueName: "n"))
    var nodeLimit = ScanSettings.usualNodeLimit

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The limits in force: what the kubelet serves as /metrics/cadvisor, or Prometheus' answer to a query for "
                + "container_ulimits_soft, as they are or compressed by gzip; - is standard input. Manifests "
                + "stand before this option. What was measured counts before what the nodes hand out, and that before "
                + "--node-limit.", valueName: "file"))
    var limits: [String] = []

    @Flag(help: "Write nothing but errors; the exit code is the result.")
    var quiet = false

    @Flag(
        help: ArgumentHelp(
            "Give the findings a max-fd by changing the YAML files: only the lines that have to change do. What "
                + "cannot be changed safely is left alone and named."))
    var fix = false

    @Option(
        help: ArgumentHelp(
            "With --fix: where to put a max-fd: env, the container's variables; config, the ConfigMap of the input "
                + "that holds uWSGI's configuration.", valueName: "place"))
    var fixIn: ManifestFix.Place?

    @Flag(help: "With --fix: change no file, but show what would change.")
    var dryRun = false

    @Flag(
        help:
            "Accept an input without any Kubernetes object, instead of ending with 2.")
    var allowEmpty = false

    @OptionGroup var detection: DetectionOptions
    @OptionGroup var images: ImageOptions
    @OptionGroup var reading: ReadImagesOptions

    func validate() throws {
        guard (1...Int(Int32.max)).contains(nodeLimit) else {
            throw ValidationError("--node-limit must be from 1 to \(Int32.max), not \(nodeLimit)")
        }
        let reads = limits.count { $0 == "-" }
        guard reads == 0 || reads == 1 && !files.isEmpty && !files.contains("-") else {
            throw ValidationError(
                "standard input can only be read once: name files for --limits or for manifests")
        }
        guard fix || !dryRun else { throw ValidationError("--dry-run goes with --fix") }
        guard fix || fixIn == nil else { throw ValidationError("--fix-in goes with --fix") }
        guard !fix || output == .table else {
            throw ValidationError("--fix changes files and writes no report: leave --output out")
        }
        guard !fix || !files.isEmpty && !files.contains("-") else {
            throw ValidationError("--fix changes files: name files or folders, standard input is none")
        }
    }

    func run() throws {
        if files.isEmpty, isatty(STDIN_FILENO) == 1 {
            throw ValidationError(
                "nothing to read: name files or folders, or pipe objects in, as kubectl get pods -A -o json does"
            )
        }
        var files = ManifestFiles()
        for file in self.files.isEmpty ? ["-"] : self.files { files.add(file) }
        let catalogue = try reading.store(
            images.store(), manifests: files.inputs.flatMap(\.files), isQuiet: quiet)
        var scan = Scan(
            settings: ScanSettings(
                admission: detection.settings(images: images.patterns, catalogue: catalogue),
                nodeLimit: nodeLimit, policy: policy,
                allowsEmpty: allowEmpty))
        for path in limits { readLimits(path, into: &scan) }
        for (path, reason) in files.failures {
            scan.note(ScanProblem(file: path, line: nil, reason: reason))
        }
        read(files.inputs, into: &scan)
        let report = (consume scan).report()
        for note in report.notes { StandardStream.error.write("uwsgi-max-fd: note: \(note.message)\n") }
        for problem in report.problems { StandardStream.error.write("uwsgi-max-fd: \(problem.message)\n") }
        if !quiet, !fix { write(report) }
        if !report.problems.isEmpty { throw ExitCode(2) }
        if failOn.applies(to: report.findings) { throw ExitCode(1) }
    }

    private func read(_ inputs: [ManifestFiles.Input], into scan: inout Scan) {
        var progress = ProgressLine(
            isShown: !quiet && !fix && StandardStream.error.isTerminal && !StandardStream.isDumb)
        var fixing =
            fix
            ? ManifestFixing(
                isDryRun: dryRun, isQuiet: quiet, in: fixIn ?? .env, inputs.flatMap(\.files),
                settings: scan.settings) : nil
        for input in inputs {
            var isNothing = input.filesElsewhere == 0
            for path in input.files {
                let contents =
                    fixing?.fix(path, scan: &scan) ?? read(path, into: &scan, progress: &progress)
                if !contents.isNothing { isNothing = false }
                if !input.isFolder, contents.isNothing, !allowEmpty {
                    let reason = contents.emptiness(isStream: path == "-")
                    scan.note(ScanProblem(file: path, line: contents.firstOther, reason: reason))
                }
            }
            if input.isFolder, isNothing, !allowEmpty {
                scan.note(ScanProblem(file: input.path, line: nil, reason: emptiness(of: input)))
            }
        }
        progress.clear()
    }

    private func emptiness(of folder: ManifestFiles.Input) -> String {
        let what =
            folder.files.isEmpty
            ? "no manifest in it: no *.yaml, *.yml or *.json, hidden ones left out"
            : "no Kubernetes object in its \(folder.files.count) *.yaml, *.yml and *.json files"
        return "\(what) (--allow-empty accepts that)"
    }

    private func read(
        _ path: String, into scan: inout Scan, progress: inout ProgressLine
    ) -> ScanContents {
        guard let descriptor = open(path, noting: &scan) else {
            var contents = ScanContents()
            contents.hasProblem = true
            return contents
        }
        defer { if path != "-" { close(descriptor) } }
        return scan.read(FileSource(descriptor: descriptor), file: path) { progress.show($0) }
    }

    private func readLimits(_ path: String, into scan: inout Scan) {
        guard let descriptor = open(path, noting: &scan) else { return }
        defer { if path != "-" { close(descriptor) } }
        scan.readLimits(FileSource(descriptor: descriptor), file: path)
    }

    /// A file opened for reading, or standard input; `nil` where that cannot be done, which is noted.
    private func open(_ path: String, noting scan: inout Scan) -> Int32? {
        let descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            scan.note(ScanProblem(file: path, line: nil, reason: SystemError.last.description))
            return nil
        }
        return descriptor
    }

    private func write(_ report: ScanReport) {
        StandardStream.output.write(format.render(report))
    }

    private var format: any ReportFormat {
        switch output {
        case .json: ScanReportJSON()
        case .yaml: ScanReportYAML()
        case .sarif: ScanReportSARIF(version: ProgramVersion.text)
        case .junit: ScanReportJUnit()
        case .patch: ScanReportPatch()
        case .html: ScanReportPage(origin: origin)
        case .openreports: ScanReportPolicy(kind: .openReports)
        case .policyreport: ScanReportPolicy(kind: .policyReport)
        case .table:
            ScanReportTable(style: StandardStream.output.style, width: StandardStream.output.width)
        }
    }

    private var origin: ReportOrigin {
        let words = CommandLine.arguments.dropFirst().map { ShellQuoting.shown($0) }
        return ReportOrigin(
            version: ProgramVersion.text, date: WallClock.now.rfc3339, sources: files.isEmpty ? ["-"] : files,
            command: (["uwsgi-max-fd"] + words).joined(separator: " "))
    }
}

extension ManifestFix.Place: ExpressibleByArgument {}
