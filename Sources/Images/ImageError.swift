/// Why an image cannot be read: what, where and, where there is one, the cure.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
