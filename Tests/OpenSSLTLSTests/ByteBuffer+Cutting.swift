import NIOCore

extension ByteBuffer {
    /// Two pieces, or the whole when it is too short.
    func cut(at position: Int) -> [ByteBuffer] {
        var rest = self
        guard let head = rest.readSlice(length: position), rest.readableBytes > 0 else { return [self] }
        return [head, rest]
    }

    func pieces(of length: Int) -> [ByteBuffer] {
        var rest = self
        var pieces: [ByteBuffer] = []
        while rest.readableBytes > 0,
            let piece = rest.readSlice(length: Swift.min(length, rest.readableBytes))
        {
            pieces.append(piece)
        }
        return pieces
    }
}
