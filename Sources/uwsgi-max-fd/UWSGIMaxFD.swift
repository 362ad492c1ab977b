import ArgumentParser

@main
struct UWSGIMaxFD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uwsgi-max-fd",
        abstract: "Gives every uWSGI on Kubernetes an effective max-fd.")
}
