import Testing

@testable import UWSGI

/// Applying the cure that detection names puts max-fd in force, and then there is nothing left to cure.
@Suite struct CureTests {
    private static let wanted = 65536

    static func applying(_ cure: Cure, to container: ContainerSpecification) -> ContainerSpecification {
        var cured = container
        switch cure {
        case .add:
            cured.environment.append(
                EnvironmentVariable(name: EnvironmentNames.maxFD, value: .literal("\(wanted)")))
        case .replace(let index, let prefix):
            cured.environment[index].value = .literal(prefix + "\(wanted)")
        }
        return cured
    }

    static func checkCure(of container: ContainerSpecification, declaration: Declaration = .none) {
        let before = Detector().detect(container, declaration: declaration)
        guard before.runsUWSGI, let cure = before.maxFD.cure else { return }
        let after = Detector().detect(Self.applying(cure, to: container), declaration: declaration)
        #expect(after.runsUWSGI, "\(container)")
        // A reference or an option that only now comes to matter may hide what is in force.
        #expect(
            [.set, .excessive, .hidden].contains(after.maxFD.state),
            "\(container) \(before.maxFD) \(after.maxFD)")
        #expect(after.maxFD.cure == nil)
        #expect(after.certainty == before.certainty || before.certainty == nil)
    }

    @Test(arguments: CorpusCase.all)
    func `Corpus`(_ example: CorpusCase) {
        Self.checkCure(of: example.container)
        Self.checkCure(of: example.container, declaration: .runsUWSGI)
    }

    /// The cure fits the state: what can be mended has one, what cannot or need not has none.
    @Test(arguments: CorpusCase.all)
    func `Cure fits state`(_ example: CorpusCase) {
        let maxFD = Detector().detect(example.container, declaration: .runsUWSGI).maxFD
        switch (maxFD.state, maxFD.cure) {
        case (.unset, .add?), (.ineffective, .replace?), (.harmful, .replace?): break
        case (.incurable, nil), (.excessive, nil), (.hidden, nil), (.set, nil): break
        default: Issue.record("\(maxFD)")
        }
    }

    @Test func `Generated`() {
        var random = SplitMix(seed: 20_251)
        let programs = [
            ["uwsgi", "--http", ":80"], ["uwsgi", "--max-fd", "0"], ["uwsgi", "--max-fd", "4096"],
            ["uwsgi", "x.ini"],
            ["env", "-u", "UWSGI_MAX_FD", "uwsgi"], ["sh", "-c", "uwsgi & uwsgi --max-fd 9"],
            ["sh", "-c", "[ -z \"$UWSGI_MAX_FD\" ] && UWSGI_MAX_FD=$FD; uwsgi"],
            ["sh", "-c", "export UWSGI_MAX_FD=${UWSGI_MAX_FD:-$FD}; uwsgi"],
            ["bash", "-c", "uwsgi --max-fd=$UWSGI_MAX_FD"],
            ["sh", "-c", "UWSGI_MAX_FD=$FD; uwsgi"], ["sh", "-c", "uwsgi --max-fd 4096; uwsgi"],
            ["sudo", "uwsgi"],
            ["sudo", "--preserve-env=UWSGI_MAX_FD", "uwsgi"], ["/entrypoint.sh"], [],
        ]
        let names = ["UWSGI_MAX_FD", "UWSGI_max_fd", "UWSGI_MAX-FD", "UWSGI_SET", "FD", "UWSGI_HTTP"]
        let values = [
            "", "0", "-1", "63", "4096", "9999999", "$(FD)", "$$(FD)", "max-fd=0", "max-fd=-1", "max-fd=4096",
            "x",
        ]
        for _ in 0..<20_000 {
            var example = container(programs[random.next(below: programs.count)])
            for _ in 0..<random.next(below: 4) {
                let value = values[random.next(below: values.count)]
                let isReference = random.next(below: 8) == 0
                example.environment.append(
                    EnvironmentVariable(
                        name: names[random.next(below: names.count)],
                        value: isReference ? .reference : .literal(value)))
            }
            if random.next(below: 4) == 0 { example.environmentSources = [EnvironmentSource()] }
            Self.checkCure(of: example)
        }
    }
}

/// Random numbers that are the same in every run. Source: Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Int(z % UInt64(bound))
    }
}
