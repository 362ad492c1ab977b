import Admission
import Catalogue
import UWSGI

/// What it costs to read an image catalogue, and to look images up in it.
enum CatalogueCost {
    /// A catalogue of images that differ in everything that names them, each with a start script.
    /// - Parameter names: what the first of them are called, completely.
    static func catalogue(of count: Int, names: [String] = []) -> ImageCatalogue {
        var catalogue = ImageCatalogue()
        for number in 0..<count {
            guard let digest = Self.digest(2 * number), let index = Self.digest(2 * number + 1) else {
                continue
            }
            catalogue.add(
                CatalogueEntry(
                    digest: digest, digests: [index],
                    references: [
                        number < names.count ? names[number] : "registry.example.org/team/app-\(number):1.0"
                    ], platform: "linux/amd64",
                    entrypoint: ["/app/start.sh"], cmd: ["uwsgi", "--ini", "/app/uwsgi.ini"],
                    environment: [
                        EnvironmentVariable(name: "PATH", value: .literal("/usr/local/bin:/usr/bin:/bin"))
                    ],
                    workingDirectory: "/app",
                    files: [.init(path: "/app/start.sh", text: "#!/bin/sh\nset -e\nexec \"$@\"\n")],
                    read: "2026-01-02T03:04:05Z"))
        }
        return catalogue
    }

    private static func digest(_ number: Int) -> ImageDigest? {
        let digits = String(number, radix: 16)
        return ImageDigest(hexadecimal: String(repeating: "0", count: 64 - digits.count) + digits)
    }

    /// A row of the table: a catalogue's size, and the time to read it.
    static func row(of count: Int, limit: Duration) -> String {
        let bytes = catalogue(of: count).bytes
        let costs = ProcessorTime.measure(for: limit, [{ keep(try? ImageCatalogue(reading: bytes)) }])
        return "| \(count) | \(bytes.count / 1000) | \(shown(costs[0] / 1e6)) |"
    }

    /// A row of the table: a review without a catalogue, and how much more it takes with one of 1,000 images: where none
    /// of them is the Pod's, and where all of the Pod's are among them.
    /// - Parameter images: the Pod's, completely.
    static func row(ofReview name: some StringProtocol, _ body: [UInt8], images: [String], limit: Duration)
        -> String
    {
        let reviewers = [nil, catalogue(of: 1000), catalogue(of: 1000, names: images)].map { catalogue in
            AdmissionReviewer(
                settings: AdmissionSettings(catalogue: catalogue.map { CatalogueStore($0) }))
        }
        let costs = ProcessorTime.measure(
            for: limit,
            reviewers.map { reviewer in
                { body.withUnsafeBytes { keep(try? reviewer.review($0, policy: .mutate)) } }
            })
        let more = costs.map { shown(max(0, $0 - costs[0]) / 1000) }
        return "| \(name) | \(shown(costs[0] / 1000)) | \(more[1]) | \(more[2]) |"
    }
}
