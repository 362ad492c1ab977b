import ArgumentParser

/// The command that holds all others.
struct UWSGIMaxFD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uwsgi-max-fd",
        abstract: "Gives every uWSGI on Kubernetes an effective max-fd.",
        discussion: """
            uWSGI's routers take eight bytes for every file descriptor that a process may have. Where a node sets no \
            limit, that is gigabytes, and the kernel kills the Pod. The setting max-fd is the cure; this program sees \
            to it that every Pod has one.

            Exit codes: 0 all is well; 1 findings; 2 a wrong call, an input that cannot be read, or nothing to look at.
            """,
        version: ProgramVersion.text,
        subcommands: [
            ServeCommand.self, ExplainCommand.self, ScanCommand.self, CertsCommand.self, ImagesCommand.self,
            NodeCommand.self,
        ])
}
