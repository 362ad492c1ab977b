@testable import UWSGI

/// A file in one of uWSGI's formats, which is also what it finds under other names. The first byte chooses the format,
/// the second how a uWSGI is built that is known.
func fuzzConfiguration(_ bytes: [UInt8]) throws {
    var input = FuzzInput(bytes)
    let name = input.choice(["/f/a.ini", "/f/a.yaml", "/f/a.json", "/f/a.xml"])
    let build = UWSGIBuild(hasLibYAML: input.byte() % 2 == 0, hasLibXML2: input.byte() % 2 == 0)
    let text = Array(bytes.dropFirst(3))
    let options = read(text, name, .value("512"), build)
    try require(options == read(text, name, .value("512"), build), "not deterministic")
    try require(options.options.count <= 8192 && options.failures.count <= 64, "unbounded")
    let known = ConfigurationSummary(options)
    try require(known.maxFD.count <= 8 && known.hazards.count <= 65, "unbounded summary")
    // Where uWSGI would never end, there is nothing that is so.
    guard !options.isExhausted else { return }
    for open in [read(text, name, .value("512"), UWSGIBuild()), read(text, name, .unknown, UWSGIBuild())] {
        try cover(known, ConfigurationSummary(open))
    }
}

private func read(
    _ text: [UInt8], _ name: String, _ variable: ConfigurationVariable, _ build: UWSGIBuild
) -> ConfigurationOptions {
    let world = ConfigurationWorld(
        file: { path in
            switch path {
            case name, "/f/b", "/f/b.ini": .bytes(text)
            case "/f": .folder(["a.ini"])
            case "/f/c": .bytes(Array("1024\n".utf8))
            case "/f/u", "/f/u.ini": .unknown
            default: .absent
            }
        },
        variable: { $0 == "NONE" ? .absent : variable }, workingDirectory: "/f", hostname: "h")
    var reader = ConfigurationReader(
        world, build: build, budget: ConfigurationBudget(bytes: 1 << 20, options: 1024))
    reader.load(operand: name, from: .given(0))
    return reader.result()
}

/// What is so has to be among what seems possible to those who know less.
private func cover(_ known: ConfigurationSummary, _ open: ConfigurationSummary) throws {
    guard !known.exits else { return }
    try require(!open.exits, "it does not exit")
    guard !open.maxFD.contains(where: { $0.number == nil }) else { return }
    for value in known.maxFD {
        try require(open.maxFD.contains { $0.number == value.number }, "\(value) is missing in \(open.maxFD)")
    }
    try require(!known.maxFDMayBeUnset || open.maxFDMayBeUnset, "it may be unset")
}
