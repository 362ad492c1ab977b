import Testing
import UWSGI

/// Containers of which the image is known.
@Suite struct ImageConfigurationTests {
    private func detect(
        _ container: ContainerSpecification, _ image: ImageConfiguration
    ) -> Detection {
        var container = container
        container.imageConfiguration = image
        return Detector().detect(container)
    }

    private static let uwsgi = ImageConfiguration(
        entrypoint: ["/entry.sh"], command: ["uwsgi", "--http", ":80"],
        environment: [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("4096"))],
        files: KnownFiles(["/entry.sh": .text("#!/bin/sh\nexec \"$@\"\n")]), evidence: "image x")

    @Test func `Without a command the image's ENTRYPOINT and CMD start`() {
        let detection = detect(ContainerSpecification(image: "app"), Self.uwsgi)
        #expect(detection.certainty == .certain && detection.evidence == ["image CMD[0] uwsgi", "image x"])
        #expect(detection.maxFD.number == 4096 && detection.maxFD.source == "image env UWSGI_MAX_FD")
    }

    @Test func `Arguments replace CMD, and a command both`() {
        let arguments = ContainerSpecification(image: "app", arguments: ["celery", "worker"])
        #expect(detect(arguments, Self.uwsgi).certainty == nil)
        let more = ContainerSpecification(image: "app", arguments: ["uwsgi", "--max-fd", "100"])
        #expect(detect(more, Self.uwsgi).evidence.first == "args[0] uwsgi")
        let command = ContainerSpecification(image: "app", command: ["celery"])
        #expect(detect(command, Self.uwsgi).certainty == nil)
        let file = ContainerSpecification(image: "app", command: ["/entry.sh", "uwsgi"])
        let detection = detect(file, Self.uwsgi)
        #expect(detection.certainty == .certain && detection.evidence.contains("image x"))
    }

    @Test func `The container's variables replace the image's`() {
        var container = ContainerSpecification(image: "app")
        container.environment = [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("100"))]
        #expect(detect(container, Self.uwsgi).maxFD.number == 100)
        container.environment = []
        container.environmentSources = [EnvironmentSource()]
        // A source that cannot be seen may have another one.
        #expect(detect(container, Self.uwsgi).maxFD.state == .hidden)
    }

    @Test func `What the image sets wrongly is cured by a variable of the container's`() {
        let image = ImageConfiguration(
            command: ["uwsgi"], environment: [EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("0"))]
        )
        let maxFD = detect(ContainerSpecification(image: "app"), image).maxFD
        #expect(maxFD.state == .ineffective && maxFD.cure == .add)
    }

    @Test func `The kubelet does not expand what an image says`() {
        let image = ImageConfiguration(
            command: ["sh", "-c", "exec $(NAME)"],
            environment: [EnvironmentVariable(name: "NAME", value: .literal("uwsgi"))])
        let container = ContainerSpecification(
            image: "app", environment: [EnvironmentVariable(name: "NAME", value: .literal("uwsgi"))])
        // It is a command substitution, and not a variable.
        #expect(detect(container, image).certainty != .certain)
        // And the image's variables are not there for the container's own references.
        let own = ContainerSpecification(image: "app", command: ["$(NAME)", "--http", ":80"])
        #expect(detect(own, image).certainty != .certain)
    }

    @Test func `A tag is at best likely, but for what the command shows by itself`() {
        let image = ImageConfiguration(
            command: ["uwsgi"], files: KnownFiles(["/start.sh": .text("exec uwsgi")]), isExact: false)
        #expect(detect(ContainerSpecification(image: "app:1"), image).certainty == .likely)
        let script = ContainerSpecification(image: "app:1", command: ["/start.sh"])
        #expect(detect(script, image).certainty == .likely)
        let command = ContainerSpecification(image: "app:1", command: ["uwsgi", "--http", ":80"])
        #expect(detect(command, image).certainty == .certain)
    }

    @Test(arguments: [
        ("/app", false), ("/app/", false), ("/", false), ("/app/start.sh", false), ("/ap", true),
        ("/app/start", true), ("/app/start.sh.d", true), ("/other", true),
    ])
    func `What is mounted hides the image's files`(_ mount: String, _ isVisible: Bool) {
        let image = ImageConfiguration(
            command: ["/app/start.sh"], files: KnownFiles(["/app/start.sh": .text("exec uwsgi")]))
        let container = ContainerSpecification(image: "app", mounts: [Mount(path: mount)])
        #expect((detect(container, image).certainty == .certain) == isVisible)
    }

    @Test func `Programs are found along the image's PATH, and relative ones from its WORKDIR`() {
        let files = KnownFiles(["/opt/bin/start": .text("exec uwsgi"), "/app/run.sh": .text("exec uwsgi")])
        func image(_ command: String) -> ImageConfiguration {
            ImageConfiguration(
                command: [command],
                environment: [EnvironmentVariable(name: "PATH", value: .literal("/usr/bin:/opt/bin"))],
                workingDirectory: "/app", files: files)
        }
        let container = ContainerSpecification(image: "app")
        #expect(detect(container, image("start")).certainty == .certain)
        #expect(detect(container, image("./run.sh")).certainty == .certain)
        #expect(detect(container, image("run.sh")).certainty != .certain)
        let elsewhere = ContainerSpecification(image: "app", workingDirectory: "/srv")
        #expect(detect(elsewhere, image("./run.sh")).certainty != .certain)
    }

    /// Whether detection still finds what there is to find when it knows less of an image.
    @Test func `Knowing less never makes none of what runs`() {
        let less = ImageConfiguration(entrypoint: ["/entry.sh"], command: ["uwsgi", "--http", ":80"])
        #expect(detect(ContainerSpecification(image: "app"), less).certainty != nil)
        #expect(
            Detector().detect(ContainerSpecification(image: "app", arguments: ["uwsgi"])).certainty != nil)
    }
}
