import Catalogue
import Images
import Testing
import UWSGI

/// Images that are read again, because other containers lead to other files of them.
@Suite struct FurtherFilesTests {
    private static let worker = ContainerSpecification(image: "app", command: ["/app/worker.sh"])
    private static let beat = ContainerSpecification(
        image: "app", command: ["sh", "-c", "exec /app/beat.sh"])

    private func layout() throws -> TestLayout {
        let layout = TestLayout()
        let layer = TarBytes.archive([
            TarBytes.file("start.sh", "exec uwsgi"),
            TarBytes.file("app/worker.sh", ". /app/common.sh\nexec uwsgi"),
            TarBytes.file("app/common.sh", "export A=1\n"), TarBytes.file("app/beat.sh", "exec celery"),
        ])
        layout.setIndex([
            try layout.addImage(#"{"Entrypoint": ["/start.sh"], "Env": ["A=x", "B=y"]}"#, layers: [layer])
        ])
        return layout
    }

    @Test func `What an image is read again for is added to what was known`() throws {
        let layout = try layout()
        let first = try layout.entry()
        #expect(first.files.map(\.path) == ["/start.sh"])
        #expect(
            first.lacksFiles(of: [Self.worker])
                && !first.lacksFiles(of: [ContainerSpecification(image: "app")]))
        let second = try layout.entry(asking: [Self.worker], adding: first)
        #expect(second.files.map(\.path) == ["/app/common.sh", "/app/worker.sh", "/start.sh"])
        // A value that only the further file mentions is kept now.
        #expect(second.environment.first == EnvironmentVariable(name: "A", value: .literal("x")))
        #expect(!second.lacksFiles(of: [Self.worker]) && second.lacksFiles(of: [Self.beat]))
        let third = try layout.entry(asking: [Self.beat], adding: second)
        #expect(third.files.count == 4 && !third.lacksFiles(of: [Self.worker, Self.beat]))
        // Of what is known nothing is read once more.
        let bytes = layout.bytesRead
        _ = try layout.entry(asking: [Self.worker, Self.beat], adding: third)
        #expect(layout.bytesRead - bytes < 1500)
    }

    @Test(arguments: [
        ["/app/nowhere.sh"], ["/usr/local/bin/nowhere"], ["sh", "/usr/bin/nowhere.sh"], ["/app"], ["nowhere"],
    ])
    func `What is not in the image is looked for once`(_ command: [String]) throws {
        let container = ContainerSpecification(image: "app", command: command)
        let layout = try layout()
        let first = try layout.entry()
        // A program that may be in any of the folders of PATH is not looked for in an image that is known.
        #expect(first.lacksFiles(of: [container]) == (command != ["nowhere"]))
        let second = try layout.entry(asking: [container], adding: first)
        #expect(!second.lacksFiles(of: [container]))
    }

    @Test func `What is mounted over the image is not looked for in it`() throws {
        var container = Self.worker
        container.mounts = [Mount(path: "/app")]
        #expect(try !layout().entry().lacksFiles(of: [container]))
    }

    @Test func `What only a configuration said is looked for where there are layers`() throws {
        let layout = try layout()
        var first = try layout.entry()
        first.files = []
        first.omitted = [.init(path: "/start.sh", reason: "only the configuration was read")]
        #expect(try layout.entry(adding: first).files.map(\.path) == ["/start.sh"])
    }

    @Test func `Another image's files are not taken over`() throws {
        var other = try layout().entry()
        other.digest = try #require(ImageDigest("sha256:" + String(repeating: "a", count: 64)))
        other.files = [.init(path: "/start.sh", text: "exec sleep")]
        #expect(try layout().entry(adding: other).files.map(\.text) == ["exec uwsgi"])
    }

    @Test func `A script of many commands is read to its end`() throws {
        let commands = (0..<40).map { "tool\($0) --now\n" }.joined()
        let layer = TarBytes.archive([
            TarBytes.file("start.sh", "#!/bin/sh\n\(commands)exec uwsgi --ini /app/uwsgi.ini\n"),
            TarBytes.file("app/uwsgi.ini", "[uwsgi]\nmax-fd = 4096\n"),
        ])
        let entry = try TestLayout.entry(#"{"Entrypoint": ["/start.sh"]}"#, [layer])
        #expect(entry.files.map(\.path) == ["/app/uwsgi.ini", "/start.sh"])
        #expect(entry.omitted.isEmpty)
    }

    @Test func `An image of which enough was looked for is left alone`() throws {
        var entry = try layout().entry()
        entry.omitted = (0..<CatalogueEntry.mostOmitted).map {
            .init(path: "/x\($0)", reason: "not in the image")
        }
        #expect(!entry.lacksFiles(of: [Self.worker]))
    }
}
