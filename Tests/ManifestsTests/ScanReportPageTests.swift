import Foundation
import TestSupport
import Testing

@testable import Manifests

/// The page in a real browser. Set `PAGE_SCREENSHOTS` to a folder to look at it: light and dark, wide and narrow,
/// sorted and filtered.
@Suite(.serialized)
struct ScanReportPageTests {
    private var page: String { Self.page(of: SampleReport.report) }

    private static func page(of report: ScanReport) -> String {
        let origin = ReportOrigin(
            version: "1.2.3", date: "2006-01-02T15:04:05Z", sources: ["deploy/", SampleReport.hostile],
            command: "uwsgi-max-fd scan --output html deploy/")
        return ScanReportPage(origin: origin).text(of: report)
    }

    @Test
    func `Nothing is loaded from elsewhere, and nothing foreign becomes markup`() {
        let page = page
        for part in [
            "http://", "https://", "src=", "@import", "url(", "<link", "alert(1)</script>", "\u{1B}",
            "\u{202E}",
        ] {
            #expect(!page.contains(part), "\(part)")
        }
        #expect(page.contains("default-src 'none'"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.ranges(of: "<tr data-state").count == SampleReport.report.findings.count)
    }

    @Test
    func `A page without findings says so, and has no table`() {
        let page = Self.page(of: Scanning.report(""))
        #expect(
            page.contains("Nothing was looked at") && !page.contains("<table")
                && !page.contains("class=\"bars\""))
    }

    @Test
    func `The page says what it is about, where it comes from, and how to cure each finding`() {
        let page = page
        for part in [
            "eight bytes for every file descriptor", "<dt>Made</dt><dd>2006-01-02T15:04:05Z</dd>",
            "<dt>By</dt><dd>uwsgi-max-fd 1.2.3</dd>",
            "<dt>With</dt><dd>uwsgi-max-fd scan --output html deploy/</dd>",
            "<span class=\"state unset\">unset</span> 4", "@media print", "navigator.clipboard",
            "<code>kubectl patch deployment web --namespace shop ",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.ranges(of: "<button type=\"button\" class=\"copy\" hidden>").count == 5)
    }

    @Test
    func `Ten namespaces have a bar each, and a line sums up the rest`() {
        let pods = (0..<14).map {
            Scanning.object("Pod", "p").replacing("namespace: shop", with: "namespace: shop-\($0)")
        }
        let many = Self.page(of: Scanning.report(pods.joined()))
        #expect(many.ranges(of: "class=\"track\"").count == 10)
        #expect(many.contains("4 more namespaces: 32 GiB together"))
        let few = Self.page(of: Scanning.report(pods.prefix(10).joined()))
        #expect(few.ranges(of: "class=\"track\"").count == 10 && !few.contains(" together</p>"))
        let one = Self.page(of: Scanning.report(pods.prefix(11).joined()))
        #expect(one.contains("1 more namespace: 8 GiB together"))
    }

    /// What a visitor does, and what the document then has to hold. Each ends with a line in the title.
    static let visits: [(name: String, script: String, expected: String)] = [
        (
            "opened", "shown().length + ' ' + order(6)[0]",
            "8 17179869056"
        ),
        ("searched", "type('search', 'DEPLOYMENT/x'); shown().length + ' ' + count()", "1 1 of 8 shown"),
        ("filtered", "pick('state', 'harmful'); shown().length + ' ' + order(3).join()", "1 harmful"),
        ("both", "pick('certainty', 'certain'); type('search', 'nothing-like-it'); shown().length", "0"),
        ("up", "press(1); sorted(1) + ' ' + head(1)", "true ascending"),
        ("down", "press(1); reversed(1) + ' ' + head(1) + ' ' + head(6)", "true descending null"),
        ("numbers", "press(5); order(5).join()", "2,1,1,1,1,1,1,1"),
        (
            "keyboard",
            "document.querySelectorAll('th button').length + ' ' + [...document.querySelectorAll('th button, input, select, summary')].every((e) => e.tabIndex === 0)",
            "8 true"
        ),
        ("policy", "document.scripts.length + ' ' + (window.alerted === undefined)", "2 true"),
        (
            "unfolded",
            "document.querySelectorAll('details').forEach((e) => { e.open = true; }); document.documentElement.scrollWidth <= window.innerWidth",
            "true"
        ),
        ("fits", "document.documentElement.scrollWidth <= window.innerWidth", "true"),
    ]

    private static let tools = """
        const rows = () => [...document.querySelectorAll("tbody tr")];
        const shown = () => rows().filter((row) => row.getClientRects().length > 0);
        const order = (column) => shown().map((row) => row.cells[column].dataset.sort);
        const type = (id, text) => { const e = document.getElementById(id); e.value = text; e.dispatchEvent(new Event("input")); };
        const pick = type;
        const press = (column) => document.querySelectorAll("th button")[column].click();
        const head = (column) => document.querySelectorAll("th")[column].getAttribute("aria-sort");
        const count = () => document.getElementById("count").textContent;
        const compare = (a, b) => a.localeCompare(b, "en", { numeric: true });
        const sorted = (column) => order(column).every((k, i, all) => i === 0 || compare(all[i - 1], k) <= 0);
        const reversed = (column) => order(column).every((k, i, all) => i === 0 || compare(all[i - 1], k) >= 0);
        """

    private func chromium(_ arguments: [String], profile: TemporaryFolder) throws -> String {
        let common = [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--timeout=20000",
            "--user-data-dir=\(profile.url.path)/profile",
        ]
        return try #require(try ExternalProgram.chromium?.run(common + arguments)).output
    }

    @Test(.enabled(if: ExternalProgram.chromium != nil, "no Chromium"), .timeLimit(.minutes(5)))
    func `A visitor sorts and filters, wide and narrow`() throws {
        let folder = try TemporaryFolder()
        for width in [1280, 390] {
            var script = Self.tools + "\nconst results = [];\n"
            for visit in Self.visits {
                script += """
                    type("search", ""); pick("state", ""); pick("certainty", "");
                    results.push(\(JSONTree.string(visit.name).text) + ": " + eval(\(JSONTree.string(visit.script).text)));

                    """
            }
            script += "document.title = results.join(\"; \");"
            // The policy that keeps the page to itself does not let eval run; the copy under test does.
            let copy = page.replacing(
                "script-src 'unsafe-inline'", with: "script-src 'unsafe-inline' 'unsafe-eval'"
            )
            .replacing("</body>", with: "<script>\(script)</script></body>")
            let file = try folder.write(Array(copy.utf8), as: "page-\(width).html")
            let document = try chromium(
                ["--window-size=\(width),900", "--dump-dom", "file://\(file)"], profile: folder)
            let title = document.split(separator: "<title>").last?.split(separator: "</title>").first ?? ""
            let expected = Self.visits.map { "\($0.name): \($0.expected)" }
            #expect(title.split(separator: "; ").map { String($0) } == expected, "\(width) wide: \(title)")
        }
    }

    @Test(
        .enabled(
            if: ExternalProgram.chromium != nil
                && ProcessInfo.processInfo.environment["PAGE_SCREENSHOTS"] != nil,
            "PAGE_SCREENSHOTS names no folder"))
    func `Pictures to look at`() throws {
        let folder = try TemporaryFolder()
        let target = try #require(ProcessInfo.processInfo.environment["PAGE_SCREENSHOTS"])
        let used = "press(1); type('search', 'web'); document.querySelectorAll('details')[0].open = true;"
        for (name, script) in [("opened", ""), ("used", used)] {
            let copy = page.replacing("</body>", with: "<script>\(Self.tools)\(script)</script></body>")
            let file = try folder.write(Array(copy.utf8), as: "\(name).html")
            for (size, width, height) in [("wide", 1280, 1200), ("narrow", 390, 2400)] {
                for (scheme, setting) in [("light", 1), ("dark", 0)] {
                    let picture = "\(target)/\(name)-\(size)-\(scheme).png"
                    _ = try chromium(
                        [
                            "--window-size=\(width),\(height)",
                            "--blink-settings=preferredColorScheme=\(setting)", "--screenshot=\(picture)",
                            "file://\(file)",
                        ], profile: folder)
                    #expect(FileManager.default.fileExists(atPath: picture))
                }
            }
        }
    }
}
