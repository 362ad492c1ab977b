/// JSON Pointers (RFC 6901).
enum JSONPointer {
    /// The steps of a pointer, unescaped.
    static func steps(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.contains("~") ? String($0).replacing("~1", with: "/").replacing("~0", with: "~") : String($0)
        }
    }
}
