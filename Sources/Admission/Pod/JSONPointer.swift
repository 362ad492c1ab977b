import Basics

/// JSON Pointers (RFC 6901).
package enum JSONPointer {
    /// The steps of a pointer, unescaped.
    package static func steps(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.contains("~") ? String($0).replacing("~1", with: "/").replacing("~0", with: "~") : String($0)
        }
    }

    /// One step, as it is written in a pointer.
    package static func escaped(_ step: String) -> String {
        step.contains { $0 == "~" || $0 == "/" }
            ? step.replacing("~", with: "~0").replacing("/", with: "~1") : step
    }

    /// A pointer as people write the place: `spec.containers[1].env[3].value`.
    package static func described(_ pointer: String) -> String {
        steps(of: pointer).reduce(into: "") { result, step in
            if !result.isEmpty, step.isDecimalNumber {
                result += "[\(step)]"
            } else {
                result += result.isEmpty ? step : ".\(step)"
            }
        }
    }
}
