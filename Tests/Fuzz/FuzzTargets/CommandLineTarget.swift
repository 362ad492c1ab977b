@testable import UWSGI

/// Lines as the words of a command: wrappers, interpreters and uWSGI's own options.
func fuzzCommandLine(_ bytes: [UInt8]) throws {
    let input = FuzzInput(bytes)
    let words = input.rest().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    try examine(ContainerSpecification(image: "x", command: words))
    try examine(ContainerSpecification(image: "fuzz", command: [], arguments: words))
}
