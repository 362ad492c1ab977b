@testable import UWSGI

/// Any text as a script for a shell.
func fuzzShell(_ bytes: [UInt8]) throws {
    var input = FuzzInput(bytes)
    let shell = input.choice(["sh", "bash", "dash"])
    var container = ContainerSpecification(
        image: "fuzz", command: [shell, "-c", input.rest(), "name", "uwsgi", "two"])
    container.environment = [
        EnvironmentVariable(name: "A", value: .literal("uwsgi --max-fd 5")),
        EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("0")),
        EnvironmentVariable(name: "R", value: .reference),
    ]
    try examine(container)
}
