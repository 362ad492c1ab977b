import Testing
import UWSGI

/// Detection measured on the corpus.
@Suite struct CorpusTests {
    private let detector = Detector()

    @Test func `Corpus is complete`() {
        #expect(CorpusCase.all.count == 297)
    }

    /// What the specification alone settles is decided as it is.
    @Test(arguments: CorpusCase.all.filter { $0.settlement == .spec })
    func `Specification decides`(_ example: CorpusCase) {
        let detection = detector.detect(example.container)
        if let truth = example.runsUWSGI {
            #expect(detection.runsUWSGI == truth, "\(example.reason): \(detection)")
        }
        guard example.runsUWSGI == true, let isSet = example.maxFDSet else { return }
        #expect(Self.isInForce(detection.maxFD) == isSet, "\(example.reason): \(detection.maxFD)")
    }

    /// Nothing that runs no uWSGI is ever called certain.
    @Test(arguments: CorpusCase.all.filter { $0.runsUWSGI == false })
    func `No negative is certain`(_ example: CorpusCase) {
        #expect(detector.detect(example.container).certainty != .certain)
    }

    /// What only an image, a ConfigMap or nobody can settle is certain only where uWSGI itself is visible.
    @Test(arguments: CorpusCase.all.filter { $0.runsUWSGI == nil })
    func `Unknowable is never certain`(_ example: CorpusCase) {
        #expect(detector.detect(example.container).certainty != .certain)
    }

    /// Whether uWSGI takes the value as a request, well-chosen or not.
    static func isInForce(_ maxFD: MaxFD) -> Bool {
        switch maxFD.state {
        case .set, .excessive: true
        case .harmful, .incurable: (maxFD.number ?? 0) > 0
        case .unset, .ineffective, .hidden: false
        }
    }

    /// Prints how the corpus is decided, and every case that is decided otherwise than its truth.
    @Test func `Prints confusion table`() {
        var table: [String: Int] = [:]
        var misses: [String] = []
        for example in CorpusCase.all {
            let detection = detector.detect(example.container)
            let truth = example.runsUWSGI.map { $0 ? "uWSGI" : "other" } ?? "unknowable"
            let found = detection.certainty?.rawValue ?? "none"
            table["\(example.settlement.rawValue) \(truth) -> \(found)", default: 0] += 1
            if example.runsUWSGI.map({ $0 != detection.runsUWSGI }) ?? false
                || example.runsUWSGI == false && detection.runsUWSGI
            {
                misses.append(
                    "\(example.id) [\(example.settlement.rawValue)]: \(truth), found \(found) \(detection.evidence)"
                )
            }
            if example.runsUWSGI == true, detection.runsUWSGI, let isSet = example.maxFDSet,
                Self.isInForce(detection.maxFD) != isSet
            {
                misses.append(
                    "\(example.id) [\(example.settlement.rawValue)]: max-fd set \(isSet), found \(detection.maxFD.state)"
                )
            }
            if let effective = example.effectiveMaxFD, let number = detection.maxFD.number,
                effective != number
            {
                misses.append("\(example.id): max-fd \(effective), found \(number)")
            }
        }
        for (row, count) in table.sorted(by: { $0.key < $1.key }) { print("corpus", row, count) }
        for miss in misses { print("corpus miss", miss) }
    }
}
