import Testing
import UWSGI

/// Detection measured on the corpus with every image known, by digest.
@Suite struct CorpusImageTests {
    /// Cases that what is known of the image does not settle, each with the reason.
    static let unsettled: [String: String] = [
        "tutor-dev-runserver": "./manage.py is not among the files, and UWSGI_WORKERS speaks for uWSGI",
        "addons-server-web": "supervisord's configuration is not among the files",
        "ini-exec": "max-fd is what a program prints",
        "honcho": "a Procfile is not read",
    ]

    static let cases = CorpusCase.all.filter {
        $0.settlement == .imageMetadata || $0.settlement == .imageContent
    }

    @Test(arguments: cases)
    func `An image settles what only it can`(_ example: CorpusCase) {
        guard Self.unsettled[example.id] == nil else { return }
        var container = example.container
        container.imageConfiguration = example.image
        let detection = Detector().detect(container)
        if let truth = example.runsUWSGI {
            #expect(detection.runsUWSGI == truth, "\(example.reason): \(detection)")
        }
        guard example.runsUWSGI == true, let isSet = example.maxFDSet else { return }
        #expect(CorpusTests.isInForce(detection.maxFD) == isSet, "\(example.reason): \(detection.maxFD)")
    }

    @Test(arguments: CorpusCase.all.filter { $0.runsUWSGI == false })
    func `No negative becomes certain by its image`(_ example: CorpusCase) {
        var container = example.container
        container.imageConfiguration = example.image
        #expect(Detector().detect(container).certainty != .certain)
    }
}
