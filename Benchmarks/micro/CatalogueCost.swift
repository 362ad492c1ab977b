import Catalogue
import UWSGI

/// What it costs to read an image catalogue.
enum CatalogueCost {
    /// A catalogue of images that differ in everything that names them, each with a start script.
    static func catalogue(of count: Int) -> ImageCatalogue {
        var catalogue = ImageCatalogue()
        for number in 0..<count {
            guard let digest = Self.digest(2 * number), let index = Self.digest(2 * number + 1) else {
                continue
            }
            catalogue.add(
                CatalogueEntry(
                    digest: digest, digests: [index],
                    references: ["registry.example.org/team/app-\(number):1.0"], platform: "linux/amd64",
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
        let cost = Cost.measure(for: limit) { keep(try? ImageCatalogue(reading: bytes)) }
        return "| \(count) | \(bytes.count / 1000) | \(shown(cost.nanoseconds / 1e6)) |"
    }
}
