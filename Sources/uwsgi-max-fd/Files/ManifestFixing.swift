import Manifests

/// Changes files so that what is found in them has a max-fd, and tells about it.
struct ManifestFixing {
    /// Whether files stay as they are, and what would change is shown.
    let isDryRun: Bool
    let isQuiet: Bool

    /// Fixes one file.
    /// - Parameter scan: reads what is in the file in the end, so that its findings are what is left to do.
    mutating func fix(_ path: String, scan: inout Scan) {
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: path).read()
        } catch {
            // The reason names the file itself.
            let reason = "\(error)".replacing("\(path): ", with: "", maxReplacements: 1)
            scan.note(ScanProblem(file: path, line: nil, reason: reason))
            return
        }
        let fix = ManifestFix(bytes, settings: scan.settings)
        for refusal in fix.refusals {
            let problem = ScanProblem(file: path, line: refusal.line, reason: refusal.reason)
            StandardStream.error.write("uwsgi-max-fd: \(problem.message)\n")
        }
        guard !isDryRun else {
            show(fix, path: path)
            scan.read(ByteArraySource(bytes), file: path)
            return
        }
        var result = bytes
        if fix.fixed != bytes {
            do {
                try FileReplacement.replace(path, with: fix.fixed)
                result = fix.fixed
                if !isQuiet {
                    let noun = fix.changeCount == 1 ? "container" : "containers"
                    StandardStream.output.write("\(path): \(fix.changeCount) \(noun) given a max-fd\n")
                }
            } catch {
                scan.note(ScanProblem(file: path, line: nil, reason: "\(error)"))
            }
        }
        scan.read(ByteArraySource(result), file: path)
    }

    private func show(_ fix: ManifestFix, path: String) {
        guard !isQuiet else { return }
        let style =
            StandardStream.output.isTerminal
            ? TextStyle(isColoured: StandardStream.output.wantsColour) : nil
        StandardStream.output.write(
            UnifiedDiff(from: fix.original, to: fix.fixed, path: path).rendered(style: style))
    }
}
