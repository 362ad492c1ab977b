import Testing
import UWSGI

/// Detection measured on the corpus with every image known, by digest.
@Suite struct CorpusImageTests {
    /// Cases that what is known of the image does not settle, each with the reason.
    static let unsettled: [String: String] = [:]

    static let cases = CorpusCase.all.filter {
        $0.settlement == .imageMetadata || $0.settlement == .imageContent
    }

    private func detect(_ example: CorpusCase) -> Detection {
        var container = example.container
        container.imageConfiguration = example.image
        return Detector().detect(container)
    }

    @Test func `Prints what the images settle`() {
        for example in Self.cases {
            let detection = detect(example)
            let isRight =
                example.runsUWSGI.map { $0 == detection.runsUWSGI } ?? true
                && (example.runsUWSGI != true || example.maxFDSet == nil
                    || CorpusTests.isInForce(detection.maxFD) == example.maxFDSet)
            if !isRight {
                print(
                    "corpus image", example.id, example.settlement, detection.certainty as Any, detection.maxFD,
                    example.maxFDSet as Any, detection.unreadPaths)
            }
        }
    }
}
