/// Lines as the words of a command: wrappers, interpreters and uWSGI's own options.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommandLine(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = FuzzInput(Array(UnsafeBufferPointer(start: start, count: count)))
    let words = input.rest().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    examine(ContainerSpecification(image: "x", command: words))
    examine(ContainerSpecification(image: "fuzz", command: [], arguments: words))
    return 0
}
