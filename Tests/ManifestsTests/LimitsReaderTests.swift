import TestSupport
import Testing

@testable import Manifests

/// What the kubelet serves as `/metrics/cadvisor`, and what Prometheus answers.
@Suite struct LimitsReaderTests {
    private struct Read {
        let reader: LimitsReader
        let problems: [ScanProblem]

        func limit(_ pod: String, container: String = "web") -> Int? {
            reader.limits.limit(namespace: "shop", pod: pod, container: container)
        }
    }

    private func read(_ bytes: [UInt8], chunkSize: Int = .max) -> Read {
        var problems: [ScanProblem] = []
        var reader = LimitsReader(LimitsInForce(), file: "cadvisor.txt")
        reader.read(ByteArraySource(bytes, chunkSize: chunkSize)) { problems.append($0) }
        return Read(reader: reader, problems: problems)
    }

    private func read(_ text: String, chunkSize: Int = .max) -> Read {
        read(Array(text.utf8), chunkSize: chunkSize)
    }

    private static func line(
        _ pod: String, _ value: String, ulimit: String = "max_open_files", container: String = "web"
    )
        -> String
    {
        """
        container_ulimits_soft{container="\(container)",id="/kubepods.slice/\(pod)",image="x",name="y",namespace="shop",\
        pod="\(pod)",ulimit="\(ulimit)"} \(value)\n
        """
    }

    private static let text =
        """
        # HELP container_ulimits_soft Soft ulimit values for the container root process. Unlimited if -1, except priority and nice
        # TYPE container_ulimits_soft gauge
        container_tasks_state{container="web",namespace="shop",pod="a",state="running"} 0 1700000000000

        """ + line("a", "1.073741816e+09 1700000000000") + line("b", "1024") + line("b", "4096")
        + line("b", "512")
        + line("c", "-1") + line("d", "NaN") + line("e", "1e300") + line("f", "7", ulimit: "max_processes")
        + line("g", "9", container: "") + "container_ulimits_soft_total 5\n"

    private static let expected: [String: Int] = [
        "a": 1_073_741_816, "b": 4096, "c": 2_147_483_584, "e": 2_147_483_584,
    ]

    @Test(arguments: [1, 7, 100, .max])
    func `The limit of open files of each container is read, of several the highest`(chunkSize: Int) throws {
        let gzip = try Program.run(named: "gzip", ["--stdout"], input: Array(Self.text.utf8)).output
        for bytes in [Array(Self.text.utf8), gzip] {
            let read = read(bytes, chunkSize: chunkSize)
            for pod in "abcdefg" { #expect(read.limit("\(pod)") == Self.expected["\(pod)"], "\(pod)") }
            #expect(read.problems.isEmpty && read.reader.count == 6)
        }
    }

    @Test func `A line that cannot be read is named, and the others count`() {
        let broken = "container_ulimits_soft{ulimit=\"max_open_files} 1\n"
        let read = read(Self.line("a", "1024") + broken + Self.line("b", "many") + Self.line("c", "64"))
        #expect(read.limit("a") == 1024 && read.limit("c") == 64 && read.limit("b") == nil)
        #expect(
            read.problems.map(\.message) == [
                "cadvisor.txt:2: not Prometheus' text format: the label ulimit has no value in quotation marks",
                "cadvisor.txt:3: not Prometheus' text format: \"many\" is not a sample's value",
            ])
    }

    @Test func `A line without end is an error only where it is the metric's own`() {
        let long = String(repeating: "x", count: 1 << 17)
        let read = read(
            "other{a=\"\(long)\"} 1\ncontainer_ulimits_soft{a=\"\(long)\"} 1\n" + Self.line("a", "5"))
        #expect(read.problems.map(\.line) == [2] && read.limit("a") == 5)
    }

    // MARK: - Prometheus' answers

    private static func series(_ pod: String, _ value: String, more: String = "") -> String {
        #"{"metric":{\#(more)"namespace":"shop","pod":"\#(pod)","container":"web"},\#(value)}"#
    }

    private static let named = #""__name__":"container_ulimits_soft","ulimit":"max_open_files","#
    private static let elements = [
        series("a", #""value":[1700000000.1,"1073741816"]"#, more: named),
        series("b", #""value":[1700000000.1,"4096"]"#),
        series("c", #""values":[[1,"9"],[2,"17"]]"#, more: named),
        series("d", #""value":[1,"5"]"#, more: #""__name__":"up","#),
        series("e", #""value":[1,"5"]"#, more: #""ulimit":"max_processes","#),
        series("f", #""value":[1]"#), series("g", #""value":[1,"NaN"]"#), "7", #"{"metric":[]}"#, "{}",
    ]

    @Test(arguments: [1, 7, 100, .max])
    func `Prometheus' answer is read series by series, the list alone too`(chunkSize: Int) {
        let list = "[" + Self.elements.joined(separator: ",\n ") + "]"
        for answer in [
            #"{"status":"success","data":{"resultType":"vector","result":\#(list)},"warnings":["x"]}"#,
            #"\#n { "data" : { "result" : \#(list) , "resultType":"vector" } , "status":"success" }"#, list,
            "\n" + list + "\n" + list,
        ] {
            let read = read(answer, chunkSize: chunkSize)
            #expect(read.limit("a") == 1_073_741_816 && read.limit("b") == 4096 && read.limit("c") == 17)
            for pod in "defg" { #expect(read.limit("\(pod)") == nil, "\(pod)") }
            #expect(read.problems.isEmpty, "\(read.problems)")
        }
    }

    @Test(arguments: [
        (
            #"{"status":"error","errorType":"bad_data","error":"parse error"}"#,
            "Prometheus' answer is an error: bad_data: parse error"
        ),
        (#"{"status":"success","data":{"result":["#, "the answer ends in the middle"),
        (#"{"status":"#, "the answer ends in the middle"), ("{7}", "expected the name of a member here"),
        (#"{"a" 7}"#, "expected a colon here"), (#"{"a":}"#, "expected a value here"),
        ("[}", "expected a value here"),
        (#"[{"metric":}]"#, "not a series of Prometheus': "),
        ("{} x", "expected an object or an array of Prometheus' here"),
    ])
    func `An answer that cannot be read is an error that says where`(answer: String, reason: String) throws {
        for chunkSize in [1, .max] {
            let problem = try #require(read(answer, chunkSize: chunkSize).problems.first)
            #expect(problem.reason.hasPrefix(reason), "\(problem.reason)")
            #expect(problem.line == 1)
        }
    }

    @Test func `A series without end is an error within its limit`() {
        let read = read("[{\"a\":\"" + String(repeating: "x", count: 3 << 20), chunkSize: 1 << 16)
        #expect(read.problems.map(\.reason).first?.contains("of more than 1 MiB") == true)
    }

    @Test func `No more limits are kept than a cluster has containers`() throws {
        var limits = LimitsInForce()
        for number in 0..<10 {
            let labels = ["namespace": "shop", "pod": "p\(number)", "container": "web"]
            limits.add(try #require(ContainerLimit(labels: labels, value: 1, isNamed: false)), most: 8)
            limits.add(try #require(ContainerLimit(labels: labels, value: 2, isNamed: false)), most: 8)
        }
        #expect(limits.leftOut == 4)
        #expect(limits.limit(namespace: "shop", pod: "p7", container: "web") == 2)
        #expect(limits.limit(namespace: "shop", pod: "p8", container: "web") == nil)
    }
}
