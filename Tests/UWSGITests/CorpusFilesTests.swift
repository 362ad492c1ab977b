import Testing
import UWSGI

/// The corpus with what the image and its ConfigMaps say.
@Suite struct CorpusFilesTests {
    private let detector = Detector()

    /// What no file settles, and why.
    private static let open: [String: String] = [
        "ini-exec": "a program writes the configuration",
        "addons-server-web": "nobody has the files",
    ]

    private static let settled = CorpusCase.all.filter {
        ($0.settlement == .configMap || $0.settlement == .imageContent) && open[$0.id] == nil
    }

    @Test(arguments: settled)
    func `Files decide`(_ example: CorpusCase) {
        let detection = detector.detect(example.whole)
        if let truth = example.runsUWSGI {
            #expect(detection.runsUWSGI == truth, "\(example.reason): \(detection)")
            if truth { #expect(detection.certainty == .certain, "\(detection)") }
        }
        guard example.runsUWSGI == true, let isSet = example.maxFDSet else { return }
        #expect(CorpusTests.isInForce(detection.maxFD) == isSet, "\(example.reason): \(detection.maxFD)")
        if let effective = example.effectiveMaxFD { #expect(detection.maxFD.number == effective) }
        // A source of variables that is not known may hold UWSGI_HTTP.
        if let hasCorerouter = example.hasCorerouter, example.whole.environmentSources.isEmpty {
            #expect(detection.details.routerProcesses.map { $0 > 0 } == hasCorerouter, "\(detection.details)")
        }
    }

    @Test func `What no file settles is printed`() {
        for (id, reason) in Self.open.sorted(by: { $0.key < $1.key }) {
            #expect(CorpusCase.all.contains { $0.id == id })
            print("corpus not settled by files:", id, reason)
        }
    }

    /// A file that is not known never makes a verdict surer than the same file known.
    @Test(arguments: CorpusCase.all.filter { !$0.files.isEmpty })
    func `Knowing less never says more`(_ example: CorpusCase) {
        let known = detector.detect(example.whole)
        for path in example.files.keys.sorted() {
            var container = example.whole
            container.files[path] = .unknown
            let less = detector.detect(container)
            let hides = "\(path): \(known), without it \(less)"
            if known.certainty != .certain { #expect(less.certainty != .certain, "\(hides)") }
            if known.runsUWSGI, !known.maxFD.state.isInForce {
                #expect(!less.maxFD.state.isInForce, "\(hides)")
            }
            let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            if less != known, known.runsUWSGI {
                #expect(less.unreadPaths.contains { $0 == path || $0 == folder }, "\(hides)")
            }
        }
    }
}

extension MaxFD.State {
    fileprivate var isInForce: Bool { self == .set || self == .excessive }
}
