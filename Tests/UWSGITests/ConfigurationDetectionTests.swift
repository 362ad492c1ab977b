import Testing

@testable import UWSGI

/// Detection with uWSGI's configuration files known.
@Suite struct ConfigurationDetectionTests {
    private func detect(
        _ line: String, _ files: [String: String], _ environment: KeyValuePairs<String, String> = [:],
        complete: Set<String> = []
    ) -> Detection {
        var example = container(words(line), environment)
        example.workingDirectory = "/app"
        example.files = KnownFiles(files.mapValues { .text($0) }, completeFolders: complete)
        return Detector().detect(example)
    }

    private static let ini = ["/app/a.ini": "[uwsgi]\nhttp = :80\nmax-fd = 2048\n"]

    @Test(arguments: [
        ("uwsgi --ini a.ini", 2048), ("uwsgi --ini=/app/a.ini", 2048), ("uwsgi a.ini --max-fd 1024", 2048),
        ("uwsgi --max-fd 1024 --ini a.ini", 2048), ("uwsgi --ini a.ini --max-fd 1024", 1024),
        ("sh -c 'cd /; exec uwsgi --ini app/a.ini'", 2048), ("env UWSGI_INI=a.ini uwsgi", 2048),
    ])
    func `The last place counts`(_ line: String, _ number: Int) {
        let detection = detect(line, Self.ini)
        #expect(detection.maxFD.state == .set && detection.maxFD.number == number)
        #expect(detection.details.routers == ["--http"] && detection.details.routerProcesses == 1)
        #expect(detection.unreadPaths.isEmpty)
        guard number == 2048 else { return }
        #expect(detection.maxFD.source == "/app/a.ini:3")
        #expect(detection.maxFD.place == FilePlace(path: "/app/a.ini", line: 3))
    }

    @Test(arguments: [
        ("uwsgi -y a.yaml", "/app/a.yaml", "uwsgi:\n  max-fd: 2048\n", 2),
        ("uwsgi --json a.json", "/app/a.json", "{\"uwsgi\": {\n\"max-fd\": 2048}}", 2),
        ("uwsgi -x a.xml", "/app/a.xml", "<uwsgi>\n<max-fd>2048</max-fd></uwsgi>", 2),
        ("uwsgi --ini a.ini:b", "/app/a.ini", "[uwsgi]\nmax-fd=9\n[b]\nmax-fd=2048", 4),
    ])
    func `Formats`(_ line: String, _ path: String, _ text: String, _ place: Int) {
        let maxFD = detect(line, [path: text]).maxFD
        #expect(maxFD.number == 2048 && maxFD.place == FilePlace(path: path, line: place), "\(maxFD)")
    }

    @Test(arguments: [
        ("max-fd = 0", MaxFD.State.ineffective), ("max-fd = $(NONE)", .ineffective),
        ("max-fd = 1e6", .harmful),
        ("max-fd = -1", .harmful), ("max-fd = 4000000", .excessive), ("max-fd = 64k", .set),
        ("processes = 2", .unset), ("if-env = X\nmax-fd = 5\nendif", .unset), ("max-fd = $(HIDDEN)", .hidden),
        ("if-file = /unknown\nmax-fd = 1024\nendif", .hidden),
    ])
    func `States of a file`(_ lines: String, _ state: MaxFD.State) {
        var example = container(["uwsgi", "--ini", "/a.ini"])
        example.environment = [EnvironmentVariable(name: "HIDDEN", value: .reference)]
        example.files = KnownFiles(["/a.ini": .text("[uwsgi]\n" + lines)])
        let maxFD = Detector().detect(example).maxFD
        #expect(maxFD.state == state, "\(maxFD)")
        if state != .unset {
            #expect(maxFD.place?.path == "/a.ini" && maxFD.cure == nil)
        } else {
            #expect(maxFD.cure == .add)
        }
    }

    @Test func `A variable is not shown where it stands for a value`() {
        let files = ["/a.ini": "[uwsgi]\nmax-fd = $(PASSWORD)\n"]
        #expect(detect("uwsgi /a.ini", files, ["PASSWORD": "hunter2"]).maxFD.value == ShownValue.expanded)
        #expect(detect("uwsgi /a.ini", files, ["PASSWORD": "1024"]).maxFD.value == "1024")
    }

    @Test(arguments: [
        ("uwsgi --ini /b.ini", ["/b.ini"]), ("uwsgi --ini b.ini:x", ["/app/b.ini"]),
        ("uwsgi /b.yaml", ["/b.yaml"]), ("uwsgi --emperor /vassals", ["/vassals"]),
        ("env UWSGI_INI=/b.ini uwsgi", ["/b.ini"]), ("uwsgi --ini exec:///x", []),
    ])
    func `Files that are not known are named`(_ line: String, _ paths: [String]) {
        for files in [[:], ["/other": ""]] {
            let detection = detect(line, files)
            #expect(detection.unreadPaths == paths)
            #expect(detection.maxFD.state == .unset && detection.details.routerProcesses == nil)
        }
    }

    /// What stands behind might give another one, or take it back: its author wrote one where it can be seen.
    @Test(arguments: [
        ("uwsgi --max-fd 1024 --ini /b.ini", MaxFD.State.set), ("uwsgi /b.ini --max-fd 1024", .set),
        ("uwsgi --ini /b.ini --max-fd 1024", .set), ("env UWSGI_INI=/b.ini uwsgi --max-fd 1024", .set),
        ("env UWSGI_MAX_FD=1024 uwsgi --ini /b.ini", .set), ("uwsgi --max-fd 1024 --emperor /v", .set),
        ("uwsgi --max-fd 1024 --yaml exec://x", .set), ("uwsgi --max-fd 1e3 --ini /b.ini", .incurable),
        ("uwsgi --max-fd 1024 --ini /b.ini --max-fd 1024", .set),
        ("sh -c 'ulimit -n 1024; uwsgi --ini /b.ini'", .set),
    ])
    func `A file that is not known behind a max-fd`(_ line: String, _ state: MaxFD.State) {
        for files in [[:], ["/other": ""]] {
            let maxFD = detect(line, files).maxFD
            #expect(maxFD.state == state, "\(maxFD)")
        }
    }

    @Test func `A file that is not known behind one that is`() {
        let files = ["/app/a.ini": "[uwsgi]\nmax-fd = 1024\nini = /b.ini"]
        let behind = detect("uwsgi --ini a.ini", files)
        #expect(behind.maxFD.state == .set && behind.maxFD.place == FilePlace(path: "/app/a.ini", line: 2))
        #expect(behind.unreadPaths == ["/b.ini"])
        let before = detect("uwsgi a.ini", ["/app/a.ini": "[uwsgi]\nini = /b.ini\nmax-fd = 1024"])
        #expect(before.maxFD.state == .set && before.maxFD.number == 1024)
    }

    @Test func `Variables keep their effect where a file is silent`() {
        let files = ["/app/a.ini": "[uwsgi]\nmodule = app"]
        let detection = detect("uwsgi --ini a.ini", files, ["UWSGI_MAX_FD": "4096", "UWSGI_HTTP": ":80"])
        #expect(detection.maxFD.number == 4096 && detection.maxFD.source == "env UWSGI_MAX_FD")
        #expect(detection.details.routerProcesses == 1)
        let bad = detect("uwsgi --ini a.ini", files, ["UWSGI_MAX_FD": "-1"])
        #expect(bad.maxFD.state == .harmful && bad.maxFD.cure == .replace(index: 0, prefix: ""))
        // Nobody chooses the environment's order.
        let zero = ["/app/a.ini": "[uwsgi]\nmax-fd = 0"]
        #expect(
            detect("uwsgi", zero, ["UWSGI_INI": "a.ini", "UWSGI_MAX_FD": "4096"]).maxFD.state == .ineffective)
    }

    @Test func `Vassals of an emperor`() {
        let files = ["/v/a.ini": "[uwsgi]\nmax-fd = 2048\nhttp = :1", "/v/b.ini": "[uwsgi]\nmax-fd = 1024"]
        let all = detect("uwsgi --emperor /v", files, complete: ["/v"])
        #expect(all.maxFD.state == .set && all.maxFD.number == 2048 && all.details.routerProcesses == 1)
        let some = detect("uwsgi --emperor /v", files)
        #expect(some.maxFD.state == .unset && some.unreadPaths == ["/v"])
        let bare = detect("uwsgi --emperor /v", ["/v/a.ini": "[uwsgi]"], complete: ["/v"])
        #expect(bare.maxFD.state == .unset && bare.details.routerProcesses == 0)
    }

    @Test func `A file that the command line writes is read`() {
        let script = "cat > /tmp/u.ini <<EOF\n[uwsgi]\nmax-fd = $FD\nEOF\nexec uwsgi --ini /tmp/u.ini"
        #expect(UWSGITests.detect(script: script, ["FD": "2048"]).maxFD.number == 2048)
    }

    @Test func `Hazards name places and not what stands there`() {
        let looping = ["/a.ini": "[uwsgi]\ncron2 = hour=1 secret\nattach-daemon = secret"]
        let ending = ["/a.ini": "[uwsgi]\ninclude = /secret.ini"]
        for (files, count) in [(looping, 2), (ending, 1)] {
            let hazards = detect("uwsgi /a.ini", files, complete: ["/"]).details.hazards
            #expect(hazards.count == count)
            #expect(hazards.allSatisfy { $0.contains("/a.ini:") && !$0.contains("secret") })
        }
    }

    /// Many servers that read one large file cost what the review may cost, and no more.
    @Test func `Bounds`() {
        let large = "[uwsgi]\n" + String(repeating: "a = b\n", count: 20_000)
        var example = container(["sh", "-c", String(repeating: "uwsgi /a.ini & ", count: 200)])
        example.files = KnownFiles(["/a.ini": .text(large)])
        #expect(Detector().detect(example).runsUWSGI)
        let allowed = DetectionBudget(reviewBytes: example.textBytes + DetectionBudget.mostFileBytes).steps
        #expect(Detector().steps(example) <= allowed + 100_000)
    }
}
