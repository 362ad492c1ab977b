import Soundness

// `swift run soundness launches` prints what detection is wrong about in Tests/Fixtures/launches.json.
switch CommandLine.arguments.dropFirst().first {
case "launches":
    let report = LaunchReport(try LaunchCase.all())
    for line in report.lines { print(line) }
default:
    print("usage: soundness launches")
}
