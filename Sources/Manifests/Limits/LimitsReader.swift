import Compression
import JSON

/// Reads limits in force from what the kubelet serves as `/metrics/cadvisor`, or from Prometheus' answer to a query for
/// them; either may be compressed by gzip.
struct LimitsReader {
    private(set) var limits: LimitsInForce
    /// How many limits of containers were read.
    private(set) var count = 0
    private let file: String

    /// - Parameters:
    ///   - limits: what is known so far.
    ///   - file: what the source is called.
    init(_ limits: LimitsInForce, file: String) {
        self.limits = limits
        self.file = file
    }

    /// What there is to say of a source in which there was no limit.
    static let emptiness = """
        no container_ulimits_soft{ulimit="max_open_files"} of a container in it: it should be the kubelet's \
        /metrics/cadvisor, or Prometheus' answer to a query for it; a kubelet that takes its containers' figures from \
        the runtime has none (--allow-empty accepts that)
        """

    /// Reads a source to its end; what can be read of it counts.
    /// - Parameter problem: takes what cannot be read.
    mutating func read(_ source: any ByteSource, _ problem: (ScanProblem) -> Void) {
        do {
            var source = PeekedSource(source)
            let isCompressed = try source.first(GzipReader.magic.count) == GzipReader.magic
            var content = PeekedSource(isCompressed ? try GzipSource(source) : source)
            let isJSON = try content.first(Self.longestLead).first { !$0.isBlank }.map {
                "[{".utf8.contains($0)
            }
            if isJSON == true { try readAnswer(content, problem) } else { try readText(content, problem) }
        } catch let error as ManifestError {
            problem(unread(error.reason, line: error.line))
        } catch {
            problem(unread("\(error)", line: nil))
        }
        if limits.leftOut > 0 {
            let reason = "more than \(LimitsInForce.most) containers: \(limits.leftOut) limits were left out"
            problem(unread(reason, line: nil))
        }
    }

    /// How many blanks may stand before JSON.
    private static let longestLead = 64

    private func unread(_ reason: String, line: Int?) -> ScanProblem {
        ScanProblem(file: file, line: line, reason: reason)
    }

    private mutating func add(_ limit: ContainerLimit) {
        limits.add(limit)
        count += 1
    }

    // MARK: - Prometheus' text format

    private static let metric = Array(ContainerLimit.metric.utf8)

    private mutating func readText(_ source: some ByteSource, _ problem: (ScanProblem) -> Void) throws {
        var lines = LineSource(source)
        while let line = try lines.next() {
            // Most lines are other metrics, which only have to be passed over.
            guard line.bytes.starts(with: Self.metric) else { continue }
            guard !line.isCut else {
                problem(unread("a line of more than \(line.bytes.count) bytes", line: line.number))
                continue
            }
            do throws(ExpositionError) {
                let sample = try ExpositionSample(line.bytes)
                guard sample.name == ContainerLimit.metric else { continue }
                if let limit = ContainerLimit(labels: sample.labels, value: sample.value, isNamed: true) {
                    add(limit)
                }
            } catch {
                problem(unread("not Prometheus' text format: \(error)", line: line.number))
            }
        }
    }

    // MARK: - Prometheus' answers

    private mutating func readAnswer(_ source: some ByteSource, _ problem: (ScanProblem) -> Void) throws {
        let parser = JSONParser()
        var reader = QueryResultReader(source)
        try reader.read { element in
            do throws(JSONError) {
                if let limit = Self.limit(of: try parser.parse(element.bytes)) { add(limit) }
            } catch {
                problem(unread("not a series of Prometheus': \(error)", line: element.line))
            }
        }
    }

    /// Source: Prometheus `docs/querying/api.md`: `{"metric": {"label": "value"}, "value": [time, "1"]}`, and `values`
    /// with many of them, of which the last counts.
    private static func limit(of series: JSONValue) -> ContainerLimit? {
        var labels: [String: String] = [:]
        guard let metric = series["metric"] else { return nil }
        for (name, value) in metric.members.prefix(ExpositionReader.mostLabels) {
            labels[name] = value.string
        }
        guard labels["__name__"].map({ $0 == ContainerLimit.metric }) != false else { return nil }
        var last: JSONValue?
        if let values = series["values"] { for value in values.elements { last = value } }
        guard let point = series["value"] ?? last,
            let value = Array(point.elements.prefix(2)).last?.string.flatMap({ Double($0) })
        else { return nil }
        return ContainerLimit(labels: labels, value: value, isNamed: false)
    }
}
