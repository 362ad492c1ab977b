/// The file of an image catalogue, and how its bytes are read.
public struct CatalogueFile: Sendable {
    public var path: String
    /// Reads the whole file. It may block.
    public var read: @Sendable () throws -> [UInt8]

    public init(path: String, read: @escaping @Sendable () throws -> [UInt8]) {
        self.path = path
        self.read = read
    }
}
