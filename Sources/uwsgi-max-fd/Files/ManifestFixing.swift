import Manifests

/// Changes files so that what is found in them has a max-fd, and reports it.
struct ManifestFixing {
    /// Whether files stay as they are, and what would change is shown.
    let isDryRun: Bool
    let isQuiet: Bool
    let place: ManifestFix.Place
    /// What is known of all files.
    let configuration: ConfigurationFix

    /// Reads all files first: what the containers of one refer to may stand in another.
    init(
        isDryRun: Bool, isQuiet: Bool, in place: ManifestFix.Place, _ files: [String], settings: ScanSettings
    ) {
        self.isDryRun = isDryRun
        self.isQuiet = isQuiet
        self.place = place
        // What cannot be read is reported when it is to be fixed.
        let contents = { (file: String) in (try? FixableFile(file))?.bytes ?? [] }
        var scan = Scan(settings: settings)
        for file in files { scan.read(ByteArraySource(contents(file)), file: file) }
        var configuration = ConfigurationFix(scan)
        if place == .config {
            for file in files { configuration.read(contents(file), file: file) }
        }
        self.configuration = configuration
    }

    /// Fixes one file.
    /// - Parameter scan: reads what is in the file in the end, so that its findings are what is left to do.
    /// - Returns: what there is in the file.
    mutating func fix(_ path: String, scan: inout Scan) -> ScanContents {
        let file: FixableFile
        do {
            file = try FixableFile(path)
        } catch {
            scan.note(ScanProblem(file: path, line: nil, reason: "\(error)"))
            var contents = ScanContents()
            contents.hasProblem = true
            return contents
        }
        let fix = ManifestFix(file.bytes, file: path, in: place, configuration)
        for refusal in fix.refusals {
            let problem = ScanProblem(file: path, line: refusal.line, reason: refusal.reason)
            StandardStream.error.write("uwsgi-max-fd: \(problem.message)\n")
        }
        guard !isDryRun else {
            show(fix, path: path)
            return scan.read(ByteArraySource(file.bytes), file: path)
        }
        var result = file.bytes
        if fix.fixed != file.bytes {
            do {
                try file.replace(with: fix.fixed)
                result = fix.fixed
                if !isQuiet {
                    StandardStream.output.write(
                        "\(path): \(Self.count(fix.changeCount, place)) given a max-fd\n")
                }
            } catch {
                scan.note(ScanProblem(file: path, line: nil, reason: "\(error)"))
            }
        }
        return scan.read(ByteArraySource(result), file: path)
    }

    private static func count(_ count: Int, _ place: ManifestFix.Place) -> String {
        let noun = place == .env ? "container" : "configuration"
        return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private func show(_ fix: ManifestFix, path: String) {
        guard !isQuiet else { return }
        // In a file the difference is one that patch(1) takes: the bytes are as they are.
        let style = StandardStream.output.isTerminal ? StandardStream.output.style : nil
        StandardStream.output.write(
            UnifiedDiff(from: fix.original, to: fix.fixed, path: path).rendered(style: style))
    }
}
