@testable import UWSGI

/// What supervisors start, and scripts and configurations beside them: the first byte chooses the supervisor, and the
/// rest are the files, one behind the other with a line of their own before each: `==> PATH`. What stands behind `==> $NAME`
/// is a variable's value.
func fuzzStartFiles(_ bytes: [UInt8]) throws {
    var input = FuzzInput(bytes)
    let commands = [
        ["supervisord", "-c", "/etc/supervisord.conf"], ["supervisord"], ["honcho", "start"],
        ["foreman", "start", "-f", "/srv/Procfile", "web"], ["s6-svscan", "/etc/s6"],
        ["runsvdir", "/etc/service"], ["/init"], ["kolla_start"], ["/entrypoint.sh", "start"],
        ["uwsgi", "--ini", "/etc/uwsgi.ini"],
    ]
    var container = ContainerSpecification(
        image: "registry.example.com/app:1", command: input.choice(commands))
    container.workingDirectory = "/srv"
    var path = "/etc/supervisord.conf"
    var text = ""
    var count = 0
    func keep() {
        guard path.hasPrefix("$") else {
            container.files[path] = .text(text)
            return
        }
        container.environment.append(
            EnvironmentVariable(name: String(path.dropFirst()), value: .literal(String(text.dropLast()))))
    }
    for line in input.rest().split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("==> "), count < 32 {
            keep()
            count += 1
            path = String(line.dropFirst(4))
            text = ""
        } else {
            text += line + "\n"
        }
    }
    keep()
    try examine(container)
}
