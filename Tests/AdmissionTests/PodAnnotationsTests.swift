import Testing
import UWSGI

@testable import Admission

@Suite
struct PodAnnotationsTests {
    private func annotations(value: String? = nil, containers: String? = nil) -> PodAnnotations {
        var metadata = PodMetadata()
        metadata.valueAnnotation = value
        metadata.containersAnnotation = containers
        return PodAnnotations(metadata, containers: ["web", "log", "a-1"], ceiling: 1_048_576)
    }

    @Test
    func `None at all says nothing`() {
        let annotations = annotations()
        #expect(annotations.value == nil)
        #expect(annotations.declaration(for: "web") == .none)
        #expect(annotations.warnings == [])
    }

    @Test(arguments: [("64", 64), ("4096", 4096), ("1048576", 1_048_576), ("0064", 64)])
    func `A value within bounds counts`(text: String, number: Int) {
        #expect(annotations(value: text).value == number)
        #expect(annotations(value: text).warnings == [])
    }

    @Test(arguments: [
        "", "0", "63", "-4096", "+4096", " 4096", "4096 ", "4k", "1e6", "1.048576e+06", "0x1000",
        "1048577",
        "99999999999999999999999", "٤٠٩٦", "unlimited", "4096\n",
    ])
    func `A malformed value is ignored, with a warning`(text: String) {
        #expect(annotations(value: text).value == nil)
        #expect(annotations(value: text).warnings.count == 1)
    }

    @Test(
        arguments: [
            ("web", [.runsUWSGI, .none, .none]), ("web,log", [.runsUWSGI, .runsUWSGI, .none]),
            (" web , log ", [.runsUWSGI, .runsUWSGI, .none]), ("-web", [.doesNotRunUWSGI, .none, .none]),
            ("*", [.runsUWSGI, .runsUWSGI, .runsUWSGI]),
            ("*,-log", [.runsUWSGI, .doesNotRunUWSGI, .runsUWSGI]),
            ("-log,*", [.runsUWSGI, .doesNotRunUWSGI, .runsUWSGI]),
            ("-*", [.doesNotRunUWSGI, .doesNotRunUWSGI, .doesNotRunUWSGI]),
            ("-*,web", [.runsUWSGI, .doesNotRunUWSGI, .doesNotRunUWSGI]),
            ("a-1", [.none, .none, .runsUWSGI]),
            ("web,web", [.runsUWSGI, .none, .none]),
        ] as [(String, [Declaration])])
    func `Containers are named, excluded, or all meant`(text: String, declarations: [Declaration]) {
        let annotations = annotations(containers: text)
        #expect(["web", "log", "a-1"].map { annotations.declaration(for: $0) } == declarations)
        #expect(annotations.warnings == [])
    }

    @Test(arguments: [
        "", ",", "web,", "web log", "Web", "we*", "--web", "web,-web", "*,-*", "-", "web\n;log", "wéb",
    ])
    func `A malformed list is ignored as a whole, with a warning`(text: String) {
        let annotations = annotations(containers: text)
        #expect(["web", "log", "a-1"].map { annotations.declaration(for: $0) } == [.none, .none, .none])
        #expect(annotations.warnings.count == 1)
    }

    @Test
    func `A container that is not there is warned of, and the others count`() {
        let annotations = annotations(containers: "web,wbe")
        #expect(annotations.declaration(for: "web") == .runsUWSGI)
        #expect(
            annotations.warnings == ["annotation uwsgi-max-fd/containers: no container is called \"wbe\""])
    }

    @Test
    func
        `No annotation that an API server would not store is read, and few names of no container are reported`()
    {
        let names = (0..<30_000).map { "n\($0)" }.joined(separator: ",")
        #expect(annotations(containers: names).warnings.count == 33)
        #expect(annotations(containers: names + ",web").declaration(for: "web") == .runsUWSGI)
        let tooLong = annotations(containers: "web," + names + names)
        #expect(tooLong.declaration(for: "web") == .none)
        #expect(tooLong.warnings.count == 1)
    }
}
