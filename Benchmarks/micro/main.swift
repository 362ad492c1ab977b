// Measures the steps of a review one by one, without a network: microbenchmarks SECONDS FILE...
// Each file holds an AdmissionReview. The result is a Markdown table for each.

import Admission
import Catalogue
import JSON
import UWSGI

import Glibc

/// What a step is called, and what one run of it costs.
func steps(of body: [UInt8], limit: Duration) throws -> [(name: String, cost: Cost)] {
    // As where large reviews go, which keeps the memory of ordinary ones.
    let reviewer = AdmissionReviewer(settings: AdmissionSettings(), longestKept: 1 << 20)
    let policy = Policy.mutate
    return try body.withUnsafeBytes { bytes in
        let document = try reviewer.parse(bytes)
        let request = try AdmissionRequest(document: document)
        guard case .examine(let object) = try ReviewScope(of: request) else {
            throw AdmissionError(.malformed, "nothing is examined in this review")
        }
        let annotations = object.annotations(ceiling: reviewer.settings.detector.ceiling)
        func findings() throws -> [ExaminedContainer] {
            var budget = DetectionBudget(reviewBytes: bytes.count)
            var images = ImageLookups(reviewer.settings.catalogue)
            return try reviewer.findings(in: object, annotations, images: &images, budget: &budget)
        }
        let found = try findings()
        let verdict = reviewer.verdict(on: found, in: object, annotations, policy)
        let maxFD = reviewer.settings.maxFD
        func outcome() -> ReviewResult {
            reviewer.outcome(request, metadata: object.metadata, policy, verdict: verdict, maxFD: maxFD)
        }
        let record = outcome().record
        func writeLine(_ record: AuditRecord) {
            var line: [UInt8] = []
            line.reserveCapacity(1024)
            record.write(time: "2026-01-02T03:04:05.678Z", durationMicros: 12, to: &line)
            keep(line)
        }
        return [
            ("parse", Cost.measure(for: limit) { keep(try? reviewer.parse(bytes)) }),
            (
                "read the request and the object",
                Cost.measure(for: limit) {
                    keep(try? ReviewScope(of: AdmissionRequest(document: document)))
                }
            ),
            ("detect", Cost.measure(for: limit) { keep(try? findings()) }),
            (
                "decide",
                Cost.measure(for: limit) {
                    keep(reviewer.verdict(on: found, in: object, annotations, policy))
                }
            ),
            ("encode the answer", Cost.measure(for: limit) { keep(outcome()) }),
            ("encode the audit line", Cost.measure(for: limit) { writeLine(record) }),
            (
                "all of it",
                Cost.measure(for: limit) {
                    if let outcome = try? reviewer.review(bytes, policy: policy) { writeLine(outcome.record) }
                }
            ),
        ]
    }
}

/// The images of a review that leave a start open, completely.
func images(in body: [UInt8]) throws -> [String] {
    var settings = AdmissionSettings()
    settings.registryImages = CatalogueStore(ImageCatalogue())
    let reviewer = AdmissionReviewer(settings: settings)
    let result = try body.withUnsafeBytes { try reviewer.review($0, policy: .mutate) }
    return result.unreadImages.compactMap { ImageReference($0.name)?.tagged }
}

/// Hides from the optimiser that a result is not used.
@inline(never)
func keep<Result>(_ result: Result) {}

func end(_ code: Int32, _ message: String) -> Never {
    (message + "\n").withCString { _ = write(2, $0, strlen($0)) }
    exit(code)
}

func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
}

/// With one digit where that says something.
func shown(_ number: Double) -> String {
    number < 100 && number != number.rounded()
        ? "\(Int(number)).\(Int(number * 10) % 10)" : "\(Int(number.rounded()))"
}

guard CommandLine.arguments.count > 2, let seconds = Double(CommandLine.arguments[1]), seconds > 0 else {
    end(
        2,
        "usage: microbenchmarks SECONDS FILE...: so long for each step, on the AdmissionReview in each file")
}
for path in CommandLine.arguments.dropFirst(2) {
    guard let body = contents(of: path) else {
        end(2, "microbenchmarks: cannot read \(path)")
    }
    let name = path.split(separator: "/").last ?? ""
    print(
        "\n| \(name), \(body.count) bytes | µs | allocations | bytes allocated |\n| --- | ---: | ---: | ---: |"
    )
    do {
        for step in try steps(of: body, limit: .seconds(seconds)) {
            let cost = step.cost
            print(
                "| \(step.name) | \(shown(cost.nanoseconds / 1000)) | \(shown(cost.allocations)) "
                    + "| \(shown(cost.bytes)) |")
        }
    } catch {
        end(1, "microbenchmarks: \(path): \(error)")
    }
}
print("\n| images in a catalogue | kB | ms to read |\n| ---: | ---: | ---: |")
for count in [1000, 10_000] { print(CatalogueCost.row(of: count, limit: .seconds(seconds))) }
print(
    "\n| review | µs | more with a catalogue, µs | more where it knows the images, µs |\n| --- | ---: | ---: | ---: |"
)
for path in CommandLine.arguments.dropFirst(2) {
    guard let body = contents(of: path) else { continue }
    let images = try images(in: body)
    print(
        CatalogueCost.row(
            ofReview: path.split(separator: "/").last ?? "", body, images: images, limit: .seconds(seconds)))
}
