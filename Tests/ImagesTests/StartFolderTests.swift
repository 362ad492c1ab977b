import Catalogue
import Images
import Testing
import UWSGI

/// Starts that read folders: supervisord's includes, an emperor's vassals, services.
@Suite struct StartFolderTests {
    private func entry(_ config: String, _ layers: [[[UInt8]]]) throws -> CatalogueEntry {
        try TestLayout.entry(config, layers.map(TarBytes.archive))
    }

    private func detection(of entry: CatalogueEntry) -> Detection {
        var catalogue = ImageCatalogue()
        catalogue.add(entry)
        let image = "app@\(entry.digest)"
        return Detector().detect(
            ContainerSpecification(
                image: image, imageConfiguration: catalogue.configuration(ofImage: image).configuration))
    }

    private static let supervisord =
        #"{"Cmd": ["supervisord", "-c", "/etc/supervisord.conf"]}"#
    private static let including = TarBytes.file(
        "etc/supervisord.conf", "[supervisord]\nnodaemon=true\n[include]\nfiles = /etc/conf.d/*.conf\n")

    @Test func `Of the folder of supervisord's includes the configurations are kept`() throws {
        let program = TarBytes.file("etc/conf.d/web.conf", "[program:web]\ncommand=uwsgi --max-fd 4096\n")
        let found = try entry(
            Self.supervisord,
            [
                [
                    Self.including, TarBytes.folder("etc/conf.d"), program,
                    TarBytes.file("etc/conf.d/secret.key", "x"),
                    TarBytes.file("etc/conf.d/deeper/other.conf", "x"),
                ]
            ])
        #expect(found.files.map(\.path) == ["/etc/conf.d/web.conf", "/etc/supervisord.conf"])
        #expect(found.omitted.contains(.init(path: "/etc/conf.d", reason: "a folder")))
        #expect(detection(of: found).maxFD.number == 4096)
    }

    @Test func `Whiteouts and later layers count in folders too`() throws {
        let old = TarBytes.file("etc/conf.d/a.conf", "[program:a]\ncommand=uwsgi --max-fd 1024\n")
        let gone = TarBytes.file("etc/conf.d/b.conf", "[program:b]\ncommand=uwsgi\n")
        let new = TarBytes.file("etc/conf.d/a.conf", "[program:a]\ncommand=uwsgi --max-fd 4096\n")
        let found = try entry(
            Self.supervisord,
            [[Self.including, old, gone], [TarBytes.file("etc/conf.d/.wh.b.conf", ""), new]])
        #expect(found.omitted.map(\.path) == ["/etc/conf.d"])
        #expect(found.files.map(\.path) == ["/etc/conf.d/a.conf", "/etc/supervisord.conf"])
        #expect(detection(of: found).maxFD.number == 4096)
        for layer in [
            [TarBytes.file("etc/conf.d/.wh..wh..opq", "")], [TarBytes.file("etc/.wh.conf.d", "")],
            [TarBytes.link("etc/conf.d", to: "/nowhere")],
        ] {
            let emptied = try entry(Self.supervisord, [[Self.including, old, gone], layer])
            #expect(emptied.files.map(\.path) == ["/etc/supervisord.conf"])
            // What was taken away is not even looked for.
            #expect(!emptied.omitted.contains { $0.path.hasPrefix("/etc/conf.d/") })
        }
    }

    @Test func `An emperor's vassals are read, also behind a link`() throws {
        let config = #"{"Cmd": ["uwsgi", "--emperor", "/vassals"]}"#
        let vassal = TarBytes.file("srv/apps/web.ini", "[uwsgi]\nhttp = :80\nmax-fd = 4096\n")
        let found = try entry(config, [[vassal, TarBytes.link("vassals", to: "srv/apps")]])
        #expect(found.files.map(\.path) == ["/vassals/web.ini"])
    }

    @Test func `What starts services is read, also where the service is a link`() throws {
        let config = #"{"Cmd": ["runsvdir", "-P", "/etc/service"]}"#
        let found = try entry(
            config,
            [
                [
                    TarBytes.folder("etc/service"), TarBytes.link("etc/service/web", to: "/etc/sv/web"),
                    TarBytes.file("etc/sv/web/run", "#!/bin/sh\nexec uwsgi --http :80 --max-fd 4096\n"),
                    TarBytes.file("etc/service/log/run", "#!/bin/sh\nexec svlogd\n"),
                    TarBytes.file("etc/service/log/other", "x"),
                ]
            ])
        #expect(found.files.map(\.path) == ["/etc/service/log/run", "/etc/service/web/run"])
        #expect(detection(of: found).maxFD.number == 4096)
    }

    @Test func `However much a folder holds, a bounded part of it is kept`() throws {
        let many = (0..<6000).map { TarBytes.file("etc/conf.d/\($0).conf", "[program:p\($0)]\ncommand=x\n") }
        let found = try entry(Self.supervisord, [[Self.including] + many])
        #expect(found.files.count == CatalogueEntry.mostFiles)
        #expect(found.omitted.count <= CatalogueEntry.mostOmitted)
    }
}
