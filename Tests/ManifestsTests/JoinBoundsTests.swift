import Admission
import Testing
import UWSGI

@testable import Manifests

/// What joining costs, and in what order it works.
@Suite struct JoinBoundsTests {
    private func pods(_ count: Int, owners: Int) -> String {
        (0..<count).map { index in
            """
            ---
            kind: Pod
            metadata: {name: web-\(index), namespace: shop, ownerReferences: [{kind: StatefulSet, name: web-\(index % owners)}]}
            spec:
              containers:
              - {name: web, image: "site:1", command: [uwsgi], envFrom: [{configMapRef: {name: "map-\(index % owners)"}}]}

            """
        }.joined()
    }

    private func maps(_ count: Int) -> String {
        (0..<count).map {
            MountedFilesTests.object(["UWSGI_MAX_FD": $0 % 2 == 0 ? "4096" : "0"], name: "map-\($0)")
        }.joined()
    }

    @Test func `The order of Pods and ConfigMaps does not matter`() {
        let first = Scanning.report(pods(60, owners: 6) + maps(6))
        let last = Scanning.report(maps(6) + pods(60, owners: 6))
        #expect(
            first.findings.map(\.qualifiedName) == (0..<3).map { "shop/StatefulSet/web-\(2 * $0 + 1)/web" })
        #expect(first.findings.map(\.pods) == [10, 10, 10])
        #expect(first.findings.map(\.qualifiedName) == last.findings.map(\.qualifiedName))
        #expect(first.findings.map(\.pods) == last.findings.map(\.pods))
        #expect(first.others.count == 3 && last.others.count == 3)
    }

    @Test(arguments: [1, 2, 4], [false, true])
    func `Pods of one owner wait as one`(factor: Int, mapsComeFirst: Bool) {
        var scan = Scan(settings: ScanSettings())
        if mapsComeFirst { scan.read(ByteArraySource(Array(maps(5).utf8)), file: "a") }
        scan.read(ByteArraySource(Array(pods(100 * factor, owners: 5).utf8)), file: "b")
        #expect(scan.joiner.waiting.entries.count == 5)
        #expect(scan.joiner.waiting.entries.allSatisfy { $0.count == 20 * factor })
    }

    @Test func `Pods of two files wait apart, for each may have a ConfigMap beside it`() {
        var scan = Scan(settings: ScanSettings())
        for (file, maxFD) in [("a", "4096"), ("b", "0")] {
            let map = MountedFilesTests.object(["UWSGI_MAX_FD": maxFD], name: "map-0")
            scan.read(ByteArraySource(Array((pods(1, owners: 1) + map).utf8)), file: file)
        }
        let report = scan.report()
        #expect(report.findings.map(\.pods) == [1])
        #expect(report.findings.first?.place.file == "b")
    }

    @Test func `Objects that there is no room for are counted, and nothing is taken for absent`() throws {
        var index = ObjectIndex(limit: 2000)
        for number in 0..<20 {
            let text = MountedFilesTests.object(["a": String(repeating: "x", count: 300)], name: "m\(number)")
            try Self.forEachObject(in: text) { object in
                ConfigurationObject(object, place: SourcePlace(file: "a", line: 1)).map { index.add($0) }
            }
        }
        #expect(index.omitted == 17)
        guard
            case .object(let kept) = index.find(
                ObjectName(kind: .configMap, name: "m19"), namespace: "shop", file: "a")
        else {
            Issue.record("its name is kept")
            return
        }
        #expect(kept.keys == ["a": .tooLarge])
    }

    @Test func `Of several objects of one name, the only one in the container's own file is meant`() throws {
        var index = ObjectIndex(limit: 1 << 20)
        let objects = [("a", "1"), ("b", "2"), ("b", "3"), ("c", "4"), ("d", "4"), ("e", "1")]
        for (line, (file, value)) in objects.enumerated() {
            try Self.forEachObject(in: MountedFilesTests.object(["k": value], name: "m")) { object in
                ConfigurationObject(object, place: SourcePlace(file: file, line: line)).map { index.add($0) }
            }
        }
        let name = ObjectName(kind: .configMap, name: "m")
        let found = ["a", "b", "c", "d", "e", "f"].map { file -> String in
            switch index.find(name, namespace: "shop", file: file) {
            case .object(let object): (try? object.text(of: "k")?.get()) ?? ""
            case .missing: "missing"
            case .ambiguous(let places): places.map { "\($0.file):\($0.line)" }.joined(separator: " ")
            }
        }
        // What holds the same as an earlier one is that one, for its own file too.
        let several = "a:0 b:1 b:2"
        #expect(found == ["1", several, "4", "4", "1", several])
    }

    @Test(arguments: [false, true])
    func `Waiting is bounded, and what is joined before its ConfigMaps have come is named`(
        mapsComeFirst: Bool
    ) throws {
        var joiner = ScanJoiner(ScanSettings(), mostWaitingBytes: 8000)
        if mapsComeFirst {
            try Self.forEachObject(in: maps(50)) {
                _ = joiner.take($0, place: SourcePlace(file: "a", line: 1))
            }
        }
        var taken = 0
        try Self.forEachObject(in: pods(50, owners: 50)) { object in
            let previews = try? PolicyPreview.all(
                ofPodsIn: object.value, kind: object.kind, settings: ScanSettings().admission
            ).previews
            guard let request = joiner.request(for: previews ?? [], of: object) else { return }
            let waits = joiner.wait(request, of: ScannedObject(object), file: "a", placements: [:]) { [:] }
            taken += waits ? 1 : 0
        }
        #expect(taken > 0 && taken < 10)
        #expect(joiner.waiting.entries.count == taken)
        #expect(joiner.joinedEarly == (mapsComeFirst ? 0 : 50 - taken))
        #expect(joiner.notes(file: "a").isEmpty == mapsComeFirst)
    }

    /// 100 keys are many where 1,000 containers of an object read them.
    @Test(arguments: [(5, nil), (1_000, "ConfigMap/start has too many keys")])
    func `Of many containers that read a whole ConfigMap each gets a share`(_ count: Int, _ reason: String?)
        throws
    {
        let containers = (0..<count).map {
            "  - {name: c\($0), command: [uwsgi, --emperor, /e], volumeMounts: [{name: v, mountPath: /e}]}\n"
        }.joined()
        let files = Dictionary(
            uniqueKeysWithValues: (0..<100).map { ("a\($0).ini", "[uwsgi]\nmax-fd = 512\n") })
        let report = Scanning.report(
            "kind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n"
                + "  volumes: [{name: v, configMap: {name: start}}]\n  containers:\n" + containers
                + MountedFilesTests.object(files))
        let first = try #require(report.findings.first ?? report.others.first)
        #expect(first.unreadFiles.map(\.reason) == [reason].compactMap { $0 })
    }

    private static func forEachObject(in text: String, _ body: (ManifestObject) -> Void) throws {
        for document in try ManifestReader.documents(in: Array(text.utf8)) {
            _ = try ManifestObject.all(in: document, body)
        }
    }

    @Test func `A file that leads to itself ends`() {
        let text =
            MountedFilesTests.input()
            + MountedFilesTests.object(["run.sh": ". /start/a", "a": ". /start/b", "b": ". /start/a"])
        #expect(MountedFilesTests.outcome(text) == "none")
    }
}
