import Compression

@testable import Manifests

/// Files, folders' contents, what kubectl and helm write: the same is read, whatever the chunks that it comes in.
func fuzzManifests(_ bytes: [UInt8]) throws {
    func report(_ chunkSize: Int) -> ScanReport {
        var scan = Scan(settings: ScanSettings(largestDocument: 1 << 16))
        scan.read(ByteArraySource(bytes, chunkSize: chunkSize), file: "fuzz.yaml")
        return scan.report()
    }
    let whole = report(.max)
    let pieces = report(5)
    try require(whole.objectCount == pieces.objectCount, "chunks change how many objects there are")
    try require(
        whole.problems == pieces.problems && whole.notes == pieces.notes, "chunks change what cannot be read")
    try require(
        whole.findings.map(\.explanation) == pieces.findings.map(\.explanation)
            && whole.findings.map(\.place.line) == pieces.findings.map(\.place.line),
        "chunks change what is found")
    for text in whole.problems.map(\.message) + whole.findings.map(\.explanation) {
        try require(
            !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" },
            "control character")
    }
}

/// Limits in force: Prometheus' text, its answers, and both compressed.
func fuzzLimits(_ bytes: [UInt8]) throws {
    func read(_ chunkSize: Int) -> (count: Int, problems: [ScanProblem]) {
        var reader = LimitsReader(LimitsInForce(), file: "fuzz")
        var problems: [ScanProblem] = []
        reader.read(ByteArraySource(bytes, chunkSize: chunkSize)) { problems.append($0) }
        return (reader.count, problems)
    }
    let whole = read(.max)
    let pieces = read(3)
    // How much comes out of a damaged stream before its damage is seen depends on the chunks.
    if bytes.starts(with: GzipReader.magic), !whole.problems.isEmpty { return }
    try require(whole.count == pieces.count, "chunks change how many limits there are")
    try require(whole.problems == pieces.problems, "chunks change what cannot be read")
}
