import Catalogue
import Testing
import UWSGI

/// Detection measured on the corpus with every image in a catalogue, which is written, read, and asked by digest.
@Suite struct CorpusImageTests {
    /// Cases that what is known of the image does not settle, each with the reason.
    private static let open: [String: String] = [
        "addons-server-web": "nobody has the image's files",
        "ini-exec": "max-fd is what a program prints",
        "tutor-dev-runserver": "./manage.py is not among the files, and UWSGI_WORKERS speaks for uWSGI",
    ]

    private static let cases = CorpusCase.all.filter {
        $0.settlement == .imageMetadata || $0.settlement == .imageContent
    }

    private static let catalogue: ImageCatalogue? = {
        var catalogue = ImageCatalogue()
        for (number, example) in CorpusCase.all.enumerated() {
            guard let digest = digest(number) else { return nil }
            var entry = CatalogueEntry(
                digest: digest, entrypoint: example.image.entrypoint, cmd: example.image.command,
                environment: example.image.environment, workingDirectory: example.image.workingDirectory,
                files: example.files.map { .init(path: $0.key, text: $0.value) })
            entry.dropNeedlessValues()
            catalogue.add(entry)
        }
        return try? ImageCatalogue(reading: catalogue.bytes)
    }()

    private static func digest(_ number: Int) -> ImageDigest? {
        let digits = String(number)
        return ImageDigest(hexadecimal: String(repeating: "0", count: 64 - digits.count) + digits)
    }

    private func detection(of example: CorpusCase) throws -> Detection {
        let number = try #require(CorpusCase.all.firstIndex { $0.id == example.id })
        let found = try #require(Self.catalogue).configuration(
            ofImage: "app@\(Self.digest(number)?.description ?? "")")
        #expect(found.match == .digest)
        var container = example.container
        container.imageConfiguration = found.configuration
        return Detector().detect(container)
    }

    /// Whether detection says of a case what is true.
    private func isRight(_ detection: Detection, _ example: CorpusCase) -> Bool {
        if let truth = example.runsUWSGI, detection.runsUWSGI != truth { return false }
        guard example.runsUWSGI == true, let isSet = example.maxFDSet else { return true }
        return CorpusTests.isInForce(detection.maxFD) == isSet
    }

    @Test(arguments: cases)
    func `A catalogue settles what only the image can`(_ example: CorpusCase) throws {
        let detection = try detection(of: example)
        guard let reason = Self.open[example.id] else {
            #expect(isRight(detection, example), "\(example.reason): \(detection)")
            return
        }
        print("corpus not settled by a catalogue:", example.id, reason)
        // What is settled by now is to be taken off the list.
        #expect(!isRight(detection, example), "\(detection)")
    }

    @Test func `What is on the list is in the corpus`() {
        #expect(Set(Self.open.keys).isSubset(of: Self.cases.map(\.id)))
    }

    @Test(arguments: CorpusCase.all.filter { $0.runsUWSGI == false })
    func `No negative becomes certain by its image`(_ example: CorpusCase) throws {
        #expect(try detection(of: example).certainty != .certain)
    }
}
