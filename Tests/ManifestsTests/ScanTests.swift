import Admission
import Testing
import UWSGI

@testable import Manifests

/// Scans texts as if they were files.
enum Scanning {
    static func report(
        _ texts: [String: String], settings: ScanSettings = ScanSettings(), chunkSize: Int = .max
    ) -> ScanReport {
        var scan = Scan(settings: settings)
        for (file, text) in texts.sorted(by: { $0.key < $1.key }) {
            scan.read(ByteArraySource(Array(text.utf8), chunkSize: chunkSize), file: file)
        }
        return scan.report()
    }

    static func report(_ text: String, policy: Policy? = nil) -> ScanReport {
        report(["a.yaml": text], settings: ScanSettings(policy: policy))
    }

    static let uwsgi = #"{name: web, image: site:1, command: [uwsgi, --http, ":80", --module, site]}"#
    static let cured = #"""
        {name: web, image: site:1, command: [uwsgi, --http, ":80"], env: [{name: UWSGI_MAX_FD, value: "4096"}]}
        """#

    /// A manifest in flow style, so that it fits on a line.
    static func object(
        _ kind: String, _ name: String, container: String = uwsgi, owner: String? = nil,
        labels: String = "{}", more: String = "", uid: String = "", status: String = "{}"
    ) -> String {
        let owners = owner.map { owner in
            let parts = owner.split(separator: "/")
            return "[{kind: \(parts[0]), name: \(parts[1]), controller: true}]"
        }
        let metadata =
            "{name: \(name), namespace: shop, uid: \"\(uid)\", labels: \(labels), ownerReferences: \(owners ?? "[]")}"
        let pod = "containers: [\(container)]"
        let specification =
            switch kind {
            case "Pod": "{\(pod)\(more)}"
            case "CronJob": "{jobTemplate: {spec: {template: {spec: {\(pod)}}\(more)}}}"
            default: "{template: {spec: {\(pod)}}\(more)}"
            }
        return "---\nkind: \(kind)\nmetadata: \(metadata)\nspec: \(specification)\nstatus: \(status)\n"
    }
}

@Suite
struct ScanTests {
    private func names(_ report: ScanReport) -> [String] { report.findings.map(\.qualifiedName) }

    @Test(arguments: [
        "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout",
        "Service",
        "CloneSet", "DeploymentConfig", "ReplicationController",
    ])
    func `Every kind with a Pod template at a usual place is read, whatever API it is of`(kind: String) throws
    {
        let report = Scanning.report(Scanning.object(kind, "a"))
        let finding = try #require(report.findings.first)
        #expect(names(report) == ["shop/\(kind)/a/web"])
        #expect(finding.certainty == .certain)
        #expect(finding.detection.maxFD.state == .unset)
        #expect(finding.detection.details.routerProcesses == 1)
        #expect(finding.place == SourcePlace(file: "a.yaml", line: 4))
        #expect(finding.actions == [.mutate: .add, .strict: .deny, .audit: .warn])
        #expect(finding.memory == MemoryAtStake(bytes: 8_589_934_528, isEstimate: finding.podsAreEstimated))
    }

    @Test
    func `Other documents are passed over in silence`() {
        let report = Scanning.report(
            """
            # nothing
            ---
            kind: ConfigMap
            data: {a: b}
            ---
            replicas: 3
            ---
            - a
            - b
            ---
            kind: Service
            spec: {ports: [{port: 80}]}
            ---
            kind: List
            items: [{kind: Secret}, 7, {}, null]
            """)
        #expect(report.findings.isEmpty && report.others.isEmpty && report.problems.isEmpty)
        #expect(report.objectCount == 0)
    }

    @Test
    func `Lists, Lists inside Lists, typed Lists and arrays are read`() throws {
        let pod =
            #"{"kind":"Pod","metadata":{"name":"NAME"},"spec":{"containers":[{"name":"c","command":["uwsgi"]}]}}"#
        func named(_ name: String, typed: Bool = true) -> String {
            let text = pod.replacing("NAME", with: name)
            return typed ? text : text.replacing(#""kind":"Pod","#, with: "")
        }
        let json = """
            {"kind":"List","items":[\(named("a")),
            {"kind":"List","items":[\(named("b")),{"kind":"PodList","items":[\(named("c", typed: false))]}]}]}
            {"kind":"PodList","items":[\(named("d", typed: false))]}
            {"items":[\(named("e", typed: false))],"kind":"PodList"}
            [\(named("f"))]
            """
        for chunkSize in [3, 100, .max] {
            let report = Scanning.report(["x.json": json], chunkSize: chunkSize)
            #expect(names(report) == ["a", "b", "c", "d", "e", "f"].map { "Pod/\($0)/c" })
            #expect(report.findings.map(\.place.line) == [1, 2, 2, 3, 4, 5])
            #expect(report.problems.isEmpty)
        }
        let yaml = "kind: List\nitems:\n- kind: List\n  items:\n  - \(named("y"))\n"
        #expect(Scanning.report(yaml).findings.map(\.place.line) == [5])
    }

    @Test
    func `Lists without end are refused`() {
        let opening = #"{"kind":"List","items":["#
        let json = String(repeating: opening, count: 30) + String(repeating: "]}", count: 30)
        let problems = Scanning.report(json).problems
        #expect(problems.count == 1 && problems[0].reason.contains("Lists inside Lists"))
    }

    @Test
    func `A document that cannot be read is reported with its line, and the others are read`() {
        let report = Scanning.report(
            Scanning.object("Pod", "a") + "---\nx: [\n---\n" + Scanning.object("Pod", "b")
                + "---\na: {{ .Values.x }}\n---\nkind: Pod\nspec: 7\n" + Scanning.object("Pod", "c"))
        #expect(names(report) == ["a", "b", "c"].map { "shop/Pod/\($0)/web" })
        #expect(report.problems.map(\.line) == [8, 15, 18])
        #expect(report.problems[1].reason.contains("helm template"))
        #expect(report.problems.allSatisfy { $0.message.hasPrefix("a.yaml:") })
    }

    @Test(arguments: [
        ("      value: 3", "spec.containers[1].env[1].value must be a string", 12),
        ("    args: [a, 3]", "spec.containers[1].args[1] must be a string", 12),
        (
            "    volumeMounts:\n    - {}\n    - mountPath: 3",
            "spec.containers[1].volumeMounts[1].mountPath must be", 14
        ),
        ("    envFrom:\n    - 3", "spec.containers[1].envFrom[0] must be an object", 13),
        ("    image: {}", "spec.containers[1].image must be a string", 12),
        ("  initContainers: a", "spec.initContainers must be a list", 12),
    ])
    func `A value of the wrong type is named with its index, at its own line`(
        text: String, reason: String, line: Int
    ) throws {
        let pod = """
            kind: Pod
            metadata: {name: a}
            spec:
              containers:
              - name: a
              - name: b
                env:
                - name: A
                  value: a
                - name: B
            # what is wrong

            """
        for prefix in ["", "kind: Service\n---\n"] {
            let problem = try #require(Scanning.report(prefix + pod + text + "\n").problems.first)
            #expect(problem.reason.contains(reason), "\(problem.reason)")
            #expect(problem.line == line + (prefix.isEmpty ? 0 : 2))
        }
        let json = #"""
            {"kind":"Pod","spec":{"containers":[
            {"name":"a"},
            {"name":"b","command":["x",
            7]}]}}
            """#
        let problem = try #require(Scanning.report(["a.json": json]).problems.first)
        #expect(problem.line == 4 && problem.reason == "spec.containers[1].command[1] must be a string")
    }

    @Test
    func `Problems without end are counted, and not all of them kept`() {
        let report = Scanning.report(String(repeating: "---\na: [\n", count: 1500))
        #expect(report.problems.count == 1001)
        #expect(report.problems.last?.reason == "and 500 more problems")
    }

    @Test
    func `A Deployment's ReplicaSets and Pods are one finding, in whatever order and files they come`() throws
    {
        let hash = "{pod-template-hash: 6d9f8b7c5d}"
        let deployment = Scanning.object("Deployment", "web", more: ", replicas: 2")
        let replicaSet = Scanning.object(
            "ReplicaSet", "web-6d9f8b7c5d", owner: "Deployment/web", more: ", replicas: 2")
        let old = Scanning.object("ReplicaSet", "web-1", owner: "Deployment/web", more: ", replicas: 0")
        let pods = ["p1", "p2"].map {
            Scanning.object("Pod", $0, owner: "ReplicaSet/web-6d9f8b7c5d", labels: hash)
        }.joined()
        for texts in [
            ["a": deployment + replicaSet + old + pods], ["a": pods + old + replicaSet + deployment],
            ["a": pods, "b": deployment, "c": old + replicaSet],
        ] {
            let report = Scanning.report(texts)
            let finding = try #require(report.findings.first)
            #expect(names(report) == ["shop/Deployment/web/web"])
            #expect(finding.pods == 2 && !finding.podsAreEstimated && finding.isInInput)
            #expect(finding.folded.map(\.kind) == ["Pod", "ReplicaSet"])
            #expect(finding.folded.map(\.count) == [2, 1])
            #expect(finding.memory.bytes == 2 * 8_589_934_528)
        }
        let alone = try #require(Scanning.report(pods).findings.first)
        #expect(alone.qualifiedName == "shop/Deployment/web/web" && !alone.isInInput && alone.pods == 2)
        let unproven = Scanning.report(Scanning.object("Pod", "p", owner: "ReplicaSet/web-6d9f8b7c5d"))
        #expect(names(unproven) == ["shop/ReplicaSet/web-6d9f8b7c5d/web"])
    }

    @Test
    func `Jobs fold into their CronJob, and Pods into a StatefulSet, a Job, a node`() {
        let chain =
            Scanning.object("Pod", "b-1-x", owner: "Job/b-1")
            + Scanning.object("Job", "b-1", owner: "CronJob/b")
        #expect(names(Scanning.report(chain)) == ["shop/CronJob/b/web"])
        #expect(names(Scanning.report(chain + Scanning.object("CronJob", "b"))) == ["shop/CronJob/b/web"])
        for owner in ["StatefulSet/db", "Job/once", "DaemonSet/ds"] {
            let pods = Scanning.object("Pod", "p", owner: owner) + Scanning.object("Pod", "q", owner: owner)
            #expect(names(Scanning.report(pods)) == ["shop/\(owner)/web"])
        }
        let circle =
            Scanning.object("ReplicaSet", "a", owner: "ReplicaSet/b")
            + Scanning.object("ReplicaSet", "b", owner: "ReplicaSet/a")
        #expect(Scanning.report(circle).findings.count <= 2)
    }

    @Test
    func `An owner above a workload takes it over only when it is in the input itself`() {
        let deployment = Scanning.object("Deployment", "d", owner: "Site/s")
        #expect(names(Scanning.report(deployment)) == ["shop/Deployment/d/web"])
    }

    @Test
    func `What has ended is history, what is printed twice counts once`() {
        let ended = Scanning.object("Pod", "p", owner: "Job/j", status: "{phase: Succeeded}")
        #expect(Scanning.report(ended).findings.isEmpty)
        let pod = Scanning.object("Pod", "p", uid: "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        #expect(Scanning.report(pod + pod).findings.count == 1)
        #expect(
            Scanning.report(Scanning.object("Pod", "p") + Scanning.object("Pod", "p")).findings.count == 2)
    }

    @Test
    func `Objects of one name in two files are two findings`() {
        let text = Scanning.object("Deployment", "d")
        let report = Scanning.report(["dev.yaml": text, "prod.yaml": text])
        #expect(report.findings.map(\.place.file) == ["dev.yaml", "prod.yaml"])
    }

    @Test
    func `A template whose Pods have been given a max-fd is a finding for strict alone`() {
        let text =
            Scanning.object("StatefulSet", "s")
            + Scanning.object("Pod", "s-0", container: Scanning.cured, owner: "StatefulSet/s")
        #expect(Scanning.report(text).findings.isEmpty)
        #expect(Scanning.report(text).others.map(\.qualifiedName) == ["shop/StatefulSet/s/web"])
        #expect(names(Scanning.report(text, policy: .strict)) == ["shop/StatefulSet/s/web"])
        let half = text + Scanning.object("Pod", "s-1", owner: "StatefulSet/s")
        #expect(Scanning.report(half).findings.map(\.pods) == [1])
        let rolling =
            Scanning.object("StatefulSet", "s", container: Scanning.cured)
            + Scanning.object("Pod", "s-0", owner: "StatefulSet/s")
        #expect(names(Scanning.report(rolling)) == ["shop/StatefulSet/s/web"])
    }

    @Test
    func `A policy leaves out what it would leave alone`() {
        let skipped = Scanning.object("Pod", "p", labels: "{uwsgi-max-fd/skip: \"true\"}")
        #expect(Scanning.report(skipped).findings.count == 1)
        #expect(Scanning.report(skipped, policy: .mutate).findings.isEmpty)
        #expect(Scanning.report(skipped, policy: .audit).findings.isEmpty)
        #expect(Scanning.report(skipped, policy: .strict).findings.count == 1)
        let mirror = Scanning.object("Pod", "p").replacing(
            "labels: {}", with: "annotations: {kubernetes.io/config.mirror: x}")
        #expect(Scanning.report(mirror).findings.count == 1)
        #expect(Scanning.report(mirror, policy: .strict).findings.isEmpty)
        #expect(Scanning.report(Scanning.object("Pod", "p", container: Scanning.cured)).findings.isEmpty)
    }

    @Test(
        arguments: [
            (MaxFD.State.unset, nil, 1, 1, 8000, false), (.unset, nil, 3, 2, 48000, false),
            (.unset, nil, nil, 2, 0, false), (.unset, nil, 0, 5, 0, false), (.unset, nil, 1, 0, 0, false),
            (.ineffective, 0, 1, 1, 8000, false), (.harmful, 1, 1, 1, 0, false),
            (.harmful, -1, 1, 1, 0, false),
            (.excessive, 500, 1, 1, 4000, false), (.excessive, 5000, 1, 1, 8000, false),
            (.incurable, nil, 1, 1, 8000, false), (.incurable, 0, 1, 1, 8000, false),
            (.incurable, 10, 1, 1, 80, false), (.incurable, 3_000_000_000, 1, 1, 0, false),
            (.unset, nil, Int.max, 1, 8000 * 64, false),
        ] as [(MaxFD.State, Int?, Int?, Int, Int, Bool)])
    func `Memory at stake is 8 bytes for each descriptor, router process and Pod`(
        state: MaxFD.State, number: Int?, processes: Int?, pods: Int, bytes: Int, isEstimate: Bool
    ) {
        let detection = Detection(
            certainty: .certain, evidence: [], maxFD: MaxFD(state: state, number: number),
            details: Details(routerProcesses: processes))
        #expect(
            MemoryAtStake(
                of: detection, limits: [LimitShare(limit: 1000, source: .assumed, pods: pods)],
                podsAreEstimated: false)
                == MemoryAtStake(
                    bytes: bytes, isEstimate: isEstimate, bytesIfRouter: processes == nil ? 8000 * pods : 0))
    }

    @Test(
        arguments: [
            (1, ["--http"], "8 GiB", true), (nil, ["--http"], "≥8 GiB", true),
            (nil, [], "8 GiB if router", nil),
            (0, [], "no router", false),
        ] as [(Int?, [String], String, Bool?)])
    func `Memory is told as what it is: known, at least, only if there is a router, none`(
        processes: Int?, routers: [String], text: String, hasRouter: Bool?
    ) {
        let detection = Detection(
            certainty: .certain, evidence: [], maxFD: MaxFD(state: .unset),
            details: Details(routerProcesses: processes, routers: routers))
        let limit = LimitShare(limit: ScanSettings.usualNodeLimit, source: .assumed, pods: 1)
        let memory = MemoryAtStake(of: detection, limits: [limit], podsAreEstimated: false)
        #expect(memory.text(hasRouter: hasRouter) == text)
        #expect(
            (memory.sentence(hasRouter: hasRouter)?.contains("Memory at stake:") == true)
                == (memory.bytes > 0))
    }

    @Test
    func `Totals count what is known and name the rest, and what has no router comes last`() throws {
        let hidden = #"{name: web, image: i, command: [uwsgi, --ini, /etc/uwsgi.ini]}"#
        let none = #"{name: web, image: i, command: [uwsgi, --http-socket, ":80"]}"#
        let report = Scanning.report(
            Scanning.object("Pod", "a", container: none) + Scanning.object("Pod", "b", container: hidden)
                + Scanning.object("Pod", "c") + Scanning.object("Pod", "d", container: hidden))
        #expect(report.findings.map(\.name) == ["b", "c", "d", "a"])
        #expect(
            report.memory
                == MemoryAtStake(bytes: 8_589_934_528, isEstimate: false, bytesIfRouter: 17_179_869_056))
        let table = ScanReportTable(style: TextStyle(isColoured: false), width: nil).text(of: report)
        #expect(
            table.contains(
                "8 GiB of memory at stake, 16 GiB more if the 2 containers whose routers cannot be seen have one"
            ),
            "\(table)")
        #expect(table.contains("no router") && table.contains("8 GiB if router"))
        let sarif = ScanReportSARIF(version: "1").text(of: report)
        #expect(sarif.ranges(of: #""level":"note""#).count == 1)
        let json = ScanReportJSON().text(of: report)
        #expect(
            json.contains(
                #""memoryBytes":8589934528,"memoryIsEstimate":false,"memoryBytesIfRouter":17179869056"#))
        #expect(json.contains(#""hasRouter":false"#))
    }

    @Test(arguments: [
        ("Deployment", ", replicas: 3", "{}", 3, false), ("Deployment", "", "{}", 1, true),
        ("Deployment", ", replicas: 0", "{}", 0, false), ("Deployment", ", replicas: -5", "{}", 0, false),
        ("Job", ", parallelism: 4", "{}", 4, false), ("Job", "", "{}", 1, false),
        ("CronJob", ", parallelism: 2", "{}", 2, false), ("DaemonSet", "", "{}", 1, true),
        ("DaemonSet", "", "{desiredNumberScheduled: 7}", 7, false),
        ("Deployment", ", replicas: 9000000000000000000", "{}", 1_000_000, false),
    ])
    func `How many Pods an object stands for`(
        kind: String, more: String, status: String, pods: Int, isEstimate: Bool
    ) throws {
        let report = Scanning.report(Scanning.object(kind, "a", more: more, status: status))
        let finding = try #require(report.findings.first)
        #expect(finding.pods == pods && finding.podsAreEstimated == isEstimate)
    }
}
