import Foundation
import TestSupport
import Testing

/// What the documentation says exists: pages, headings, commands and flags.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().standardized

    private struct Page: CustomTestStringConvertible {
        let path: String
        let text: String

        var testDescription: String { path }
        var url: URL { DocumentationTests.root.appending(path: path) }

        /// The lines of its blocks of code, and what stands between backquotes elsewhere.
        var codeLines: [String] {
            var isCode = false
            var lines: [String] = []
            for line in text.split(separator: "\n") {
                if line.hasPrefix("```") {
                    isCode.toggle()
                } else if isCode {
                    lines.append(String(line))
                } else {
                    lines += line.matches(of: /`([^`]+)`/).map { String($0.output.1) }
                }
            }
            return lines
        }

        /// The fragments by which its headings can be linked to, as GitHub makes them.
        var fragments: Set<String> {
            var isCode = false
            var fragments: Set<String> = []
            for line in text.split(separator: "\n") {
                if line.hasPrefix("```") { isCode.toggle() }
                guard !isCode, line.hasPrefix("#") else { continue }
                let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                let kept = title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                fragments.insert(kept.replacing(" ", with: "-"))
            }
            return fragments
        }
    }

    private static let pages: [Page] = {
        let listed = try? Program.run(
            named: "git",
            [
                "-c", "safe.directory=*", "-C", root.path, "ls-files", "--cached", "--others",
                "--exclude-standard", "*.md",
            ])
        let paths = (listed?.text ?? "").split(separator: "\n").map(String.init)
        return paths.compactMap { path in
            (try? String(contentsOf: root.appending(path: path), encoding: .utf8))
                .map { Page(path: path, text: $0) }
        }
    }()

    @Test(arguments: ["docs/install.md", "Containerfile"])
    func `The version is the executable's`(path: String) throws {
        let version = try BuiltExecutable.run(["--version"]).text.trimmingCharacters(in: .newlines)
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let named = text.matches(of: /(?:uwsgi-max-fd(?:-webhook)?[-:]|VERSION=)(\d+\.\d+\.\d+)/)
        #expect(!named.isEmpty)
        #expect(Set(named.map { String($0.output.1) }) == [version])
    }

    @Test func `There are pages`() {
        #expect(Self.pages.contains { $0.path == "README.md" })
        #expect(Self.pages.count > 10)
    }

    @Test(arguments: pages)
    private func `Links lead somewhere`(_ page: Page) throws {
        for match in page.text.matches(of: /\]\((?<target>[^)\s]+)\)/) {
            let target = String(match.output.target)
            guard !target.contains("://"), !target.hasPrefix("mailto:") else { continue }
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file =
                parts[0].isEmpty
                ? page.url : page.url.deletingLastPathComponent().appending(path: String(parts[0]))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(page.path): \(target)")
            guard parts.count == 2 else { continue }
            let linked = Self.pages.first { $0.url.standardized == file.standardized }
            #expect(linked?.fragments.contains(String(parts[1])) == true, "\(page.path): \(target)")
        }
    }

    /// The subcommands, with the flags that each knows.
    private static func commands() throws -> [String: Set<String>] {
        var commands: [String: Set<String>] = [:]
        for name in subcommands(in: try BuiltExecutable.run(["--help"]).text) {
            var text = try BuiltExecutable.run([name, "--help"]).text
            // A command that has commands of its own.
            for part in subcommands(in: text) {
                text += try BuiltExecutable.run([name, part, "--help"]).text
            }
            commands[name] = Set(text.matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
        }
        return commands
    }

    private static func subcommands(in help: String) -> [String] {
        let parts = help.components(separatedBy: "SUBCOMMANDS:\n")
        guard parts.count > 1, let section = parts.last else { return [] }
        return section.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.isEmpty }
            .compactMap { $0.firstMatch(of: /^ {2}([a-z]+)/).map { String($0.output.1) } }
    }

    @Test(arguments: pages)
    private func `Commands and flags that are shown exist`(_ page: Page) throws {
        let commands = try Self.commands()
        try #require(commands.count >= 4)
        // At the start of a command line: elsewhere the name stands for a release, a namespace, a sentence's subject.
        for line in page.codeLines {
            for match in line.matches(of: /(?:^|[|;(`] *|^\$ |run: |entry: )uwsgi-max-fd (?<rest>[^|`>;)]*)/)
            {
                let words = match.output.rest.split(separator: " ").map(String.init)
                guard let command = words.first, !command.hasPrefix("-") else { continue }
                guard let flags = commands[command] else {
                    Issue.record("\(page.path): there is no command \(command): \(line)")
                    continue
                }
                for word in words where word.wholeMatch(of: /--[a-z][a-z-]*(=.*)?/) != nil {
                    let flag = String(word.prefix { $0 != "=" })
                    #expect(flags.contains(flag), "\(page.path): \(line)")
                }
            }
        }
    }

    @Test func `The page of flags is what --help says`() throws {
        let page = try String(
            contentsOf: Self.root.appending(path: "docs/reference/flags.md"), encoding: .utf8)
        let made = try Program.run(
            Self.root.appending(path: "docs/flags").path, [BuiltExecutable.path])
        #expect(made.status == 0, "\(made.error)")
        #expect(page == made.text, "`make docs` writes it")
    }

    @Test func `README stays short`() throws {
        let readme = try #require(Self.pages.first { $0.path == "README.md" })
        #expect(readme.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 181)
    }
}
