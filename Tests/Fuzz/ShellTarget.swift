/// Any text as a script for a shell.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzShell(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = FuzzInput(Array(UnsafeBufferPointer(start: start, count: count)))
    let shell = input.choice(["sh", "bash", "dash"])
    var container = ContainerSpecification(
        image: "fuzz", command: [shell, "-c", input.rest(), "name", "uwsgi", "two"])
    container.environment = [
        EnvironmentVariable(name: "A", value: .literal("uwsgi --max-fd 5")),
        EnvironmentVariable(name: "UWSGI_MAX_FD", value: .literal("0")),
        EnvironmentVariable(name: "R", value: .reference),
    ]
    examine(container)
    return 0
}
