import Manifests

/// Changes files so that what is found in them has a max-fd, and tells about it.
struct ManifestFixing {
    /// Whether files stay as they are, and what would change is shown.
    let isDryRun: Bool
    let isQuiet: Bool

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
        let fix = ManifestFix(file.bytes, settings: scan.settings)
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
                    let noun = fix.changeCount == 1 ? "container" : "containers"
                    StandardStream.output.write("\(path): \(fix.changeCount) \(noun) given a max-fd\n")
                }
            } catch {
                scan.note(ScanProblem(file: path, line: nil, reason: "\(error)"))
            }
        }
        return scan.read(ByteArraySource(result), file: path)
    }

    private func show(_ fix: ManifestFix, path: String) {
        guard !isQuiet else { return }
        // In a file the difference is one that patch(1) takes: the bytes are as they are.
        let style = StandardStream.output.isTerminal ? StandardStream.output.style : nil
        StandardStream.output.write(
            UnifiedDiff(from: fix.original, to: fix.fixed, path: path).rendered(style: style))
    }
}
