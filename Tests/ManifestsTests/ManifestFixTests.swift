import TestSupport
import Testing

@testable import Manifests

@Suite
struct ManifestFixTests {
    private func fix(_ text: String) -> ManifestFix {
        ManifestFix(Array(text.utf8), settings: ScanSettings())
    }

    /// A Deployment in block style whose container list is given, indented by four spaces below `spec`.
    private static func deployment(_ containers: String, name: String = "web") -> String {
        let lines = containers.split(separator: "\n", omittingEmptySubsequences: false)
        let indented = lines.map { $0.isEmpty ? "" : "      " + $0 }.joined(separator: "\n")
        return """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: \(name)   # its name
            spec:
              template:
                spec:
            \(indented)

            """
    }

    /// What stands in the container list before and after.
    static let edits: [(String, String, String)] = [
        (
            "behind the last variable, in the list's own style",
            """
            containers:
            - name: web
              command: [uwsgi, --http, ":80"]
              env:
              # first
              -   name: A
                  value: 'b'
              -   name: B
                  value: |
                    several
                    # lines

              # ports follow
              ports:
              - containerPort: 80
            """,
            """
            containers:
            - name: web
              command: [uwsgi, --http, ":80"]
              env:
              # first
              -   name: A
                  value: 'b'
              -   name: B
                  value: |
                    several
                    # lines
              -   name: UWSGI_MAX_FD
                  value: "1048576"

              # ports follow
              ports:
              - containerPort: 80
            """
        ),
        (
            "before the first variable where the end of the last is not plain: blank lines that count",
            """
            containers:
            - command: [uwsgi]
              env:
              # first
              - name: A
                value: |+
                  kept

              name: web
            """,
            """
            containers:
            - command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1048576"
              # first
              - name: A
                value: |+
                  kept

              name: web
            """
        ),
        (
            "a new list behind the arguments, tabs and comments inside a block left alone",
            """
            containers:
              - name: web
                args: ["x"]
                command:
                  - sh
                  - -c
                  - |
                    # start
                    \tif true; then
                    \t\texec uwsgi --http :80
                    \tfi
                    # end
                # how much
                resources: {limits: {memory: 1Gi}}
            """,
            """
            containers:
              - name: web
                args: ["x"]
                command:
                  - sh
                  - -c
                  - |
                    # start
                    \tif true; then
                    \t\texec uwsgi --http :80
                    \tfi
                    # end
                env:
                  - name: UWSGI_MAX_FD
                    value: "1048576"
                # how much
                resources: {limits: {memory: 1Gi}}
            """
        ),
        (
            "an empty list is filled, whatever makes it empty",
            """
            containers:
            - {name: side, image: x}
            - name: web
              env: [] # none yet
              command: [uwsgi]
            - name: two
              command: [uwsgi]
              env:
            - name: three
              command: [uwsgi]
              env: null
            """,
            """
            containers:
            - {name: side, image: x}
            - name: web
              env: # none yet
                - name: UWSGI_MAX_FD
                  value: "1048576"
              command: [uwsgi]
            - name: two
              command: [uwsgi]
              env:
                - name: UWSGI_MAX_FD
                  value: "1048576"
            - name: three
              command: [uwsgi]
              env:
                - name: UWSGI_MAX_FD
                  value: "1048576"
            """
        ),
        (
            "a value is replaced in its own quotes",
            """
            containers:
            - name: a
              command: [uwsgi]
              env: [{name: UWSGI_MAX_FD, value: '0'}]   # flow
            - name: b
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1.048576e+06" # Helm made this
            - name: c
              command: [uwsgi]
              env:
              - value: abc
                name: UWSGI_MAX_FD
            - name: d
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value:
            - name: e
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
              - name: Ä
                value: "ä"
            """,
            """
            containers:
            - name: a
              command: [uwsgi]
              env: [{name: UWSGI_MAX_FD, value: '1048576'}]   # flow
            - name: b
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1048576" # Helm made this
            - name: c
              command: [uwsgi]
              env:
              - value: "1048576"
                name: UWSGI_MAX_FD
            - name: d
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1048576"
            - name: e
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1048576"
              - name: Ä
                value: "ä"
            """
        ),
        (
            "init containers and sidecars too",
            """
            initContainers:
            - name: warm
              restartPolicy: Always
              command: [uwsgi]
            containers: []
            """,
            """
            initContainers:
            - name: warm
              restartPolicy: Always
              command: [uwsgi]
              env:
              - name: UWSGI_MAX_FD
                value: "1048576"
            containers: []
            """
        ),
    ]

    @Test(arguments: edits)
    func `Only the lines that have to change do`(what: String, before: String, after: String) {
        let old = Self.deployment(before)
        let result = fix(old)
        #expect(String(decoding: result.fixed, as: UTF8.self) == Self.deployment(after), "\(what)")
        #expect(result.refusals.isEmpty && result.changeCount > 0)
        let again = ManifestFix(result.fixed, settings: ScanSettings())
        #expect(again.fixed == result.fixed && again.changeCount == 0, "a second run changes nothing")
        #expect(Scanning.report(String(decoding: result.fixed, as: UTF8.self)).findings.isEmpty)
    }

    @Test(arguments: edits)
    func `Line breaks stay what they are, and so does the end of the file`(
        what: String, before: String, after: String
    ) {
        func variants(_ text: String) -> [String] {
            let text = Self.deployment(text)
            let bare = String(text.dropLast(text.reversed().prefix { $0 == "\n" }.count))
            return [
                text.replacing("\n", with: "\r\n"), "\u{FEFF}" + text, bare,
                bare.replacing("\n", with: "\r\n"),
            ]
        }
        for (old, new) in zip(variants(before), variants(after)) {
            // Whether blank lines at the end belong to a scalar may change with the end of the file.
            #expect(String(decoding: fix(old).fixed, as: UTF8.self) == new, "\(what)")
        }
    }

    @Test(arguments: [
        ("containers:\n- &web\n  name: web\n  command: [uwsgi]", "anchor"),
        ("containers: &all\n- name: web\n  command: [uwsgi]", "anchor"),
        ("containers:\n- name: web\n  command: [uwsgi]\n  env: &e\n  - {name: A, value: b}", "anchor"),
        (
            "x: &e\n- {name: A, value: b}\ncontainers:\n- name: web\n  command: [uwsgi]\n  env: *e",
            "anchor"
        ),
        ("x: &c {name: web, command: [uwsgi]}\ncontainers:\n- *c", "anchor"),
        ("x: &c {command: [uwsgi]}\ncontainers:\n- <<: *c\n  name: web", "<<"),
        ("x: &c\n  containers:\n  - {name: web, command: [uwsgi]}\n<<: *c", "<<"),
        ("containers:\n- {name: web, command: [uwsgi]}", "flow style"),
        ("containers: [{name: web, command: [uwsgi]}]", "flow style"),
        ("containers:\n- name: web\n  command: [uwsgi]\n  env: [{name: A, value: b}]", "flow style"),
        ("containers:\n- name: web\n  command: [uwsgi, --max-fd=0]", "no variable helps"),
        (
            "containers:\n- name: web\n  command: [uwsgi]\n  env:\n  - name: UWSGI_MAX_FD\n    value: >\n      0",
            "several lines"
        ),
        (
            "containers:\n- name: web\n  command: [uwsgi]\n  env:\n  - name: UWSGI_MAX_FD\n    value: !!str 0",
            "tag"
        ),
    ])
    func `What cannot be changed safely is left alone and named`(containers: String, reason: String) {
        let text = Self.deployment(containers)
        let result = fix(text)
        #expect(String(decoding: result.fixed, as: UTF8.self) == text)
        #expect(result.refusals.count == 1 && result.changeCount == 0)
        #expect(result.refusals.first?.reason.contains("Deployment web, container web left as it is") == true)
        #expect(result.refusals.first?.reason.contains(reason) == true, "\(result.refusals)")
    }

    @Test
    func `JSON, templates and other documents stay as they are, byte for byte, beside what is changed`() {
        let good = Self.deployment("containers:\n- name: web\n  command: [uwsgi]")
        let fixed = String(decoding: fix(good).fixed, as: UTF8.self)
        let json =
            #"{"kind":"Pod","metadata":{"name":"j"},"spec":{"containers":[{"name":"c","command":["uwsgi"]}]}}"#
        let others =
            "# head\n%YAML 1.1\n---\na: \"{{ .Values.x }}\"\n---\nb: {{ .x }}\n---\n\(json)\n---\n\n\n"
        let result = fix(others + good + "---\n" + good + "...\n# tail\n")
        #expect(
            String(decoding: result.fixed, as: UTF8.self) == others + fixed + "---\n" + fixed
                + "...\n# tail\n")
        #expect(result.changeCount == 2)
        #expect(result.refusals.map(\.line) == [8])
        #expect(result.refusals.first?.reason.contains("JSON") == true)
        for text in ["", "a: [", "\u{0}", "kind: Pod", json, "kind: List\nitems:\n- \(json)\n"] {
            #expect(fix(text).fixed == Array(text.utf8))
        }
        let wide = "\u{FEFF}".utf16.map { UInt8($0 & 0xFF) } + [0xFE, 0x00]
        #expect(ManifestFix(wide, settings: ScanSettings()).fixed == wide)
    }

    @Test
    func `Items of a List are changed where they stand`() {
        let text = """
            apiVersion: v1
            kind: List
            items:
            - kind: Pod
              metadata: {name: a}
              spec:
                containers:
                - name: one
                  command: [uwsgi]
                - name: two
                  command: [uwsgi]
            - kind: Pod
              metadata: {name: b}
              spec: {containers: []}
            """
        let result = String(decoding: fix(text).fixed, as: UTF8.self)
        let env = "      env:\n      - name: UWSGI_MAX_FD\n        value: \"1048576\"\n"
        #expect(
            result
                == text.replacing("command: [uwsgi]\n    - name", with: "command: [uwsgi]\n\(env)    - name")
                .replacing("command: [uwsgi]\n- kind", with: "command: [uwsgi]\n\(env)- kind"))
    }

    @Test
    func `A difference reads as diff -u writes it`() {
        let old = (1...20).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 3\n", with: "line 3\nnew\n").replacing("line 18\n", with: "").dropLast()
        let diff = UnifiedDiff(from: Array(old.utf8), to: Array(new.utf8), path: "a.yaml").rendered(
            style: nil)
        #expect(
            String(decoding: diff, as: UTF8.self) == """
                --- a.yaml
                +++ a.yaml
                @@ -1,6 +1,7 @@
                 line 1
                 line 2
                 line 3
                +new
                 line 4
                 line 5
                 line 6
                @@ -15,6 +16,5 @@
                 line 15
                 line 16
                 line 17
                -line 18
                 line 19
                -line 20
                +line 20
                \\ No newline at end of file

                """)
        #expect(UnifiedDiff(from: [1], to: [1], path: "a").rendered(style: nil).isEmpty)
        let steering = UnifiedDiff(from: [], to: Array("\u{1B}[2J\r\n".utf8), path: "a").rendered(
            style: TextStyle(isColoured: true))
        #expect(!String(decoding: steering, as: UTF8.self).contains("\u{1B}[2J"))
    }

    @Test
    func `Whatever bytes a document has, a fix changes nothing but variables`() throws {
        let text = Array(Self.edits.map { Self.deployment($0.1) }.joined(separator: "---\n").utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var bytes = text
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
                    Array(" \n-:#\"'&*[]{}|x\r\t".utf8).randomElement(using: &generator) ?? 0x20
            }
            let result = ManifestFix(bytes, settings: ScanSettings())
            let before = SourceLines(bytes).lines
            let after = SourceLines(result.fixed).lines
            let removed = after.difference(from: before).removals.count
            // Only lines with a value or an empty list, or an end of file without a line feed, are ever replaced.
            #expect(removed <= result.changeCount + 1)
            #expect((after.count - before.count) <= 3 * result.changeCount)
            #expect(ManifestFix(result.fixed, settings: ScanSettings()).fixed == result.fixed)
        }
    }
}
