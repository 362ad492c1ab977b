/// Something that has to hold whatever the input is, and did not.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(BrokenPromise) {
    guard condition else { throw BrokenPromise(description: message()) }
}
