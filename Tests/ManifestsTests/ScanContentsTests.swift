import Testing

@testable import Manifests

/// A scan of nothing is not a success: what a command before the pipe leaves behind when it fails is reported.
@Suite
struct ScanContentsTests {
    private func read(_ text: String, allowsEmpty: Bool = false) -> (
        contents: ScanContents, problems: [ScanProblem]
    ) {
        var scan = Scan(settings: ScanSettings(allowsEmpty: allowsEmpty))
        let contents = scan.read(ByteArraySource(Array(text.utf8), chunkSize: 7), file: "-")
        return (contents, scan.report().problems)
    }

    @Test(arguments: [
        "", "\n\n", "# a comment\n", "---\n---\n", "a: b\n", "- a\n- b\n", "{}", "{\"a\": 1}", "[7]",
        "null",
    ])
    func `Nothing: no object and no List`(text: String) {
        let (contents, problems) = read(text)
        #expect(contents.isNothing || contents.lists == 1 && text == "[7]")
        #expect(problems.isEmpty)
    }

    @Test(arguments: [
        "kind: Service", "{\"kind\":\"List\",\"items\":[]}", "kind: List\nitems: []\n", "[]",
        "apiVersion: v1\nitems: []\nkind: PodList\n", "{\"items\": [{\"kind\": \"x\"}]}",
        "a: b\n---\nkind: x\n",
        "kind: List\nitems:\n- kind: Service\n",
    ])
    func `Something: an object of whatever kind, and a List of none, which is an answer`(text: String) {
        #expect(!read(text).contents.isNothing)
        #expect(read(text).problems.isEmpty)
    }

    @Test
    func `A text that is not an object is a problem with its line, unless nothing is an answer`() {
        let forbidden =
            #"Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods" at the cluster scope"#
        for (text, line) in [(forbidden, 1), ("kind: Service\n---\n" + forbidden + "\n", 3)] {
            // The quotes and colons of kubectl's message make it YAML of another kind, or no YAML at all.
            let problems = read(text).problems
            #expect(problems.map(\.line) == [line], "\(problems)")
        }
        let (contents, problems) = read("No resources found\n")
        #expect(problems.map(\.line) == [1] && contents.hasProblem)
        #expect(problems.first?.reason.contains("\"No resources found\"") == true)
        #expect(read("No resources found\n", allowsEmpty: true).problems.isEmpty)
    }

    @Test
    func `An error that the API server answers with is a problem, with its message`() {
        let text = """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
            "message":"pods is forbidden","reason":"Forbidden","code":403}
            """
        let problems = read(text).problems
        #expect(problems.map(\.reason) == ["the API server's answer is an error: pods is forbidden"])
        #expect(read(text.replacing("Failure", with: "Success")).problems.isEmpty)
    }
}
