@testable import UWSGI

/// A command line split at blanks, quotes respected: `sh -c 'exec uwsgi'`.
func words(_ line: String) -> [String] { StringSplitting.split(line) }

/// A container with this command, and nothing else but variables.
func container(_ command: [String], _ environment: KeyValuePairs<String, String> = [:])
    -> ContainerSpecification
{
    ContainerSpecification(
        image: "registry.example.com/team/app:1.0", command: command,
        environment: environment.map { EnvironmentVariable(name: $0.key, value: .literal($0.value)) })
}

/// Detection with the defaults.
func detect(_ line: String, _ environment: KeyValuePairs<String, String> = [:]) -> Detection {
    Detector().detect(container(words(line), environment))
}

/// Detection of a script that `sh -c` runs.
func detect(script: String, shell: String = "sh", _ environment: KeyValuePairs<String, String> = [:])
    -> Detection
{
    Detector().detect(container([shell, "-c", script], environment))
}
