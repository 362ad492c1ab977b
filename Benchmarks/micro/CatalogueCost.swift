import Catalogue
import UWSGI

import Glibc

/// What an image catalogue costs: to read, and in memory.
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

    /// A row of the table: of a catalogue's size, reading it and what stays in memory.
    static func row(of count: Int, limit: Duration) -> String {
        let bytes = catalogue(of: count).bytes
        let cost = Cost.measure(for: limit) { keep(try? ImageCatalogue(reading: bytes)) }
        let before = residentKiB
        let kept = try? ImageCatalogue(reading: bytes)
        let after = residentKiB
        keep(kept)
        return
            "| \(kept?.count ?? 0) | \(bytes.count / 1000) | \(shown(cost.nanoseconds / 1e6)) | \(after - before) |"
    }

    /// What of the process lies in memory (proc(5), `statm`).
    private static var residentKiB: Int {
        let text = contents(of: "/proc/self/statm") ?? []
        let pages = text.split(separator: UInt8(ascii: " ")).dropFirst().first ?? []
        return (Int(String(decoding: pages, as: UTF8.self)) ?? 0) * 4
    }
}
