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

    @Test(arguments: [1, 2, 4])
    func `Pods of one owner wait as one`(factor: Int) {
        var scan = Scan(settings: ScanSettings())
        scan.read(ByteArraySource(Array(pods(100 * factor, owners: 5).utf8)), file: "a")
        #expect(scan.joiner.waiting.entries.count == 5)
        #expect(scan.joiner.waiting.entries.allSatisfy { $0.count == 20 * factor })
        scan.read(ByteArraySource(Array(maps(5).utf8)), file: "b")
        scan.read(ByteArraySource(Array(pods(100 * factor, owners: 5).utf8)), file: "c")
        #expect(scan.joiner.waiting.entries.count == 5, "what is there already is not waited for")
    }

    @Test func `Objects that there is no room for are counted, and nothing is taken for absent`() {
        var index = ObjectIndex(limit: 2000)
        for number in 0..<20 {
            let text = MountedFilesTests.object(["a": String(repeating: "x", count: 300)], name: "m\(number)")
            guard let document = try? ManifestReader.documents(in: Array(text.utf8)).first else { return }
            _ = try? ManifestObject.all(in: document) { object in
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

    @Test func `Waiting is bounded`() {
        var waiting = WaitingObjects(limit: 8000)
        let text = pods(50, owners: 50)
        var taken = 0
        for document in (try? ManifestReader.documents(in: Array(text.utf8))) ?? [] {
            _ = try? ManifestObject.all(in: document) { object in
                let previews = try? PolicyPreview.all(
                    ofPodsIn: object.value, kind: object.kind, settings: ScanSettings().admission
                ).previews
                guard let request = JoinRequest(previews ?? [], of: object.value) else { return }
                taken += waiting.add(request, of: ScannedObject(object), file: "a") { [:] } ? 1 : 0
            }
        }
        #expect(taken > 0 && taken < 10)
        #expect(taken + waiting.refused == 50)
    }

    @Test func `A file that leads to itself ends`() {
        let text =
            MountedFilesTests.input()
            + MountedFilesTests.object(["run.sh": ". /start/a", "a": ". /start/b", "b": ". /start/a"])
        #expect(MountedFilesTests.outcome(text) == "none")
    }
}
