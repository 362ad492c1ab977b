import COpenSSL
import NIOCore

/// The two ends of the wire as OpenSSL sees them: it reads ciphertext from `inbound` and writes ciphertext to
/// `outbound`, straight from and into the memory of NIO's buffers. Cheaper than OpenSSL's memory BIOs by one
/// copy and one allocation a direction.
///
/// Owned by one ``TLSConnection``, which frees the `SSL` (and with it the `BIO`) first.
final class ByteBufferBIO {
    private var inbound = ByteBuffer()
    private var outbound = ByteBuffer()
    /// A larger outbound buffer is given back after it was sent, so that an idle connection stays small.
    private static let largestKeptCapacity = 16 * 1024

    /// Adds ciphertext from the network.
    func receive(_ buffer: ByteBuffer) {
        if inbound.readableBytes == 0 {
            inbound = buffer
        } else {
            inbound.writeImmutableBuffer(buffer)
        }
    }

    var inboundBytes: Int { inbound.readableBytes }
    var outboundBytes: Int { outbound.readableBytes }

    func discardInbound() {
        inbound = ByteBuffer()
    }

    /// Makes room once for what is about to be encrypted.
    func reserveOutbound(_ bytes: Int) {
        clearSentOutbound()
        outbound.reserveCapacity(minimumWritableBytes: bytes)
    }

    /// The ciphertext written since the last call. The caller sends it; the memory is used again when nobody
    /// else holds it any more.
    func takeOutbound() -> ByteBuffer? {
        guard outbound.readableBytes > 0 else { return nil }
        let taken = outbound
        if outbound.capacity > Self.largestKeptCapacity {
            outbound = ByteBuffer()
        } else {
            outbound.moveReaderIndex(to: outbound.writerIndex)
        }
        return taken
    }

    private func clearSentOutbound() {
        if outbound.readableBytes == 0, outbound.writerIndex > 0 { outbound.clear() }
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        clearSentOutbound()
        return Int32(clamping: outbound.writeBytes(bytes))
    }

    /// -1 when there is nothing to read now.
    fileprivate func read(into target: UnsafeMutableRawBufferPointer) -> Int32 {
        let count = inbound.readWithUnsafeReadableBytes { source in
            let count = min(source.count, target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
            return count
        }
        // Let go of NIO's receive buffer as soon as it is used up, so that NIO can use it again.
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        return count > 0 ? Int32(clamping: count) : -1
    }

    /// Makes the `BIO` that refers to this object without owning it. The caller owns the `BIO`.
    func makeBIO() throws -> OpaquePointer {
        guard let method = ByteBufferBIOMethod.shared, let bio = BIO_new(method) else {
            throw TLSError.library("allocate a BIO")
        }
        // Unretained: TLSConnection keeps this object alive for as long as the BIO lives.
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }
}

/// The functions behind the `BIO`.
private enum ByteBufferBIOMethod {
    // Written once, before first use, and only read afterwards. Never freed: it lives as long as the process.
    nonisolated(unsafe) static let shared: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer") else {
            return nil
        }
        BIO_meth_set_read(method) { bio, target, length in
            uwsgimaxfd_bio_clear_retry_flags(bio)
            guard let object = object(of: bio), let target, length > 0 else { return 0 }
            let got = object.read(into: UnsafeMutableRawBufferPointer(start: target, count: Int(length)))
            if got < 0 { uwsgimaxfd_bio_set_retry_read(bio) }
            return got
        }
        BIO_meth_set_write(method) { bio, source, length in
            uwsgimaxfd_bio_clear_retry_flags(bio)
            guard let object = object(of: bio), let source, length > 0 else { return 0 }
            return object.write(UnsafeRawBufferPointer(start: source, count: Int(length)))
        }
        // Flushing always works; everything else a BIO may be asked is answered with "no".
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        BIO_meth_set_create(method) { _ in 1 }
        BIO_meth_set_destroy(method) { _ in 1 }
        return method
    }()

    private static func object(of bio: OpaquePointer?) -> ByteBufferBIO? {
        guard let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<ByteBufferBIO>.fromOpaque(data).takeUnretainedValue()
    }
}
