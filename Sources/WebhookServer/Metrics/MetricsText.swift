/// Writes the text form of Prometheus's metrics, version 0.0.4.
/// Source: Prometheus documentation, "Exposition formats", "Text-based format".
struct MetricsText: Sendable {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var bytes: [UInt8] = []

    /// Begins a family: everything of it has to follow at once.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        append("# HELP \(name) ")
        appendEscaped(help, quotes: false)
        append("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Int) {
        sample(name, labels, text: String(value))
    }

    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        sample(name, labels, text: String(value))
    }

    /// Writes a family of one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        family(name, kind, help)
        sample(name, [], value)
    }

    /// Writes a family of counters: a sample for each value of its label, which is the sum of what was counted apart.
    mutating func counters<Label>(
        _ name: String, _ help: String, by label: String = "result", _ counters: [LabelledCounter<Label>]
    ) {
        family(name, .counter, help)
        for value in Label.allCases {
            sample(name, [(label, value.labelValue)], counters.reduce(0) { $0 + $1[value].value })
        }
    }

    /// Writes the samples of one histogram: the cumulated buckets, the sum and the count.
    mutating func histogram(
        _ name: String, _ labels: [(name: String, value: String)], _ snapshot: Histogram.Snapshot
    ) {
        var total = 0
        for (count, limit) in zip(snapshot.counts, Histogram.limitLabels) {
            total += count
            sample(name + "_bucket", labels + [(name: "le", value: limit)], total)
        }
        total += snapshot.counts.dropFirst(Histogram.limitLabels.count).reduce(0, +)
        sample(name + "_bucket", labels + [(name: "le", value: "+Inf")], total)
        sample(name + "_sum", labels, Double(snapshot.nanoseconds) / 1e9)
        sample(name + "_count", labels, total)
    }

    private mutating func sample(
        _ name: String, _ labels: [(name: String, value: String)], text: String
    ) {
        append(name)
        if !labels.isEmpty {
            append("{")
            for (index, label) in labels.enumerated() {
                if index > 0 { append(",") }
                append("\(label.name)=\"")
                appendEscaped(label.value, quotes: true)
                append("\"")
            }
            append("}")
        }
        append(" \(text)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A backslash and a line feed are escaped everywhere, a quote only in a label's value.
    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
