import Admission
import TestSupport
import Testing
import UWSGI

@testable import Manifests

/// How explain and scan treat a container of which its author says that it does not run uWSGI.
@Suite struct ExemptionTests {
    private static func pod(_ command: String) -> String {
        """
        kind: Pod
        metadata: {name: p, annotations: {uwsgi-max-fd/containers: "-web"}}
        spec: {containers: [{name: web, image: site, command: \(command)}]}
        """
    }

    private static let likely = pod("[/start-uwsgi.sh]")
    private static let certain = pod("[uwsgi]")

    private static func preview(
        _ text: String, _ exemptions: StrictExemptions = .likely
    ) throws -> PolicyPreview {
        let document = try #require(try ManifestReader.documents(in: Array(text.utf8)).first)
        return try PolicyPreview(
            of: document.value, settings: AdmissionSettings(strictExemptions: exemptions))
    }

    @Test
    func `explain's JSON shows the exemption, and what each policy does`() throws {
        for (text, strict) in [(Self.likely, "exempt"), (Self.certain, "deny")] {
            let container = try #require(
                try JSONTree(ExplanationJSON.rendered(Self.preview(text)))["containers"]?[0])
            #expect(container["exempted"] == .bool(true))
            #expect(container["policies"]?["mutate"]?.string == "exempt")
            #expect(container["policies"]?["audit"]?.string == "exempt")
            #expect(container["policies"]?["strict"]?.string == strict)
        }
        let all = try JSONTree(ExplanationJSON.rendered(Self.preview(Self.certain, .all)))
        #expect(all["containers"]?[0]?["policies"]?["strict"]?.string == "exempt")
        #expect(all["decisions"]?["strict"]?.string == "warned")
    }

    @Test
    func `explain's text says that the author asks for it, and who grants it`() throws {
        var explanation = ExplanationText(try Self.preview(Self.certain), style: TextStyle(isColoured: false))
        let text = explanation.rendered()
        #expect(text.contains("author   says by annotation that it does not run uWSGI"))
        #expect(text.contains("mutate   leave it alone, as its author's annotation asks"))
        #expect(text.contains("strict   deny"))
    }

    @Test
    func `scan finds what strict would refuse all the same`() {
        #expect(Scanning.report(Self.certain).findings.count == 1)
        #expect(Scanning.report(Self.likely).findings.isEmpty)
        #expect(Scanning.report(Self.likely).others.isEmpty)
    }
}
