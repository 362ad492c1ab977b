import UWSGI

@testable import Manifests

/// Manifests that are changed so that every uWSGI in them has a max-fd, by its variables or in ConfigMaps: what was
/// changed is read as the same objects, and does not have to be changed again.
func fuzzFix(_ bytes: [UInt8]) throws {
    let hasConfigMap = String(decoding: bytes, as: UTF8.self).contains("ConfigMap")
    for place in hasConfigMap ? ManifestFix.Place.allCases : [.env] {
        let before = scan(bytes)
        let fix = changed(bytes, in: place)
        try require((fix.changeCount > 0) == (fix.fixed != bytes), "changes that are none")
        _ = UnifiedDiff(from: bytes, to: fix.fixed, path: "fuzz.yaml")
            .rendered(style: TextStyle(isColoured: false, isUnicode: true))
        let after = scan(fix.fixed)
        try require(before.objectCount == after.objectCount, "there are other objects")
        try require(before.problems.count == after.problems.count, "there are other problems")
        try require(after.findings.count <= before.findings.count, "there are more findings")
        if !after.findings.isEmpty { try require(!fix.refusals.isEmpty, "a finding is left without a word") }
        let again = changed(fix.fixed, in: place)
        try require(again.fixed == fix.fixed, "it is changed twice")
        for refusal in fix.refusals {
            try require(refusal.reason.utf8.count <= 4096, "unbounded reason")
        }
    }
}

private func scan(_ bytes: [UInt8]) -> ScanReport {
    var scan = Scan(settings: settings)
    scan.read(ByteArraySource(bytes), file: "fuzz.yaml")
    return scan.report()
}

private func changed(_ bytes: [UInt8], in place: ManifestFix.Place) -> ManifestFix {
    var scan = Scan(settings: settings)
    scan.read(ByteArraySource(bytes), file: "fuzz.yaml")
    var configuration = ConfigurationFix(scan)
    if place == .config { configuration.read(bytes, file: "fuzz.yaml") }
    return ManifestFix(bytes, file: "fuzz.yaml", in: place, configuration)
}

private let settings = ScanSettings(largestDocument: 1 << 16, allowsEmpty: true)
