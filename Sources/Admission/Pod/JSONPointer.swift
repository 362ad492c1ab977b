/// JSON Pointers (RFC 6901).
package enum JSONPointer {
    /// The steps of a pointer, unescaped.
    package static func steps(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.contains("~") ? String($0).replacing("~1", with: "/").replacing("~0", with: "~") : String($0)
        }
    }

    /// One step, as it is written in a pointer.
    static func escaped(_ step: String) -> String {
        step.contains { $0 == "~" || $0 == "/" }
            ? step.replacing("~", with: "~0").replacing("/", with: "~1") : step
    }
}
