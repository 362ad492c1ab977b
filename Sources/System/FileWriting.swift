import Glibc

/// Writing to an open file until nothing is left, as write(2) itself need not.
public enum FileWriting {
    /// - Throws: ``SystemError`` when the descriptor takes no more.
    public static func write(_ bytes: [UInt8], to descriptor: CInt) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // The pointer is the array's own, lent for the duration of the call; write(2) only reads it.
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                // Standard output can be handed to a program in non-blocking mode: wait until it takes more.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, 1000)
            } else if errno != EINTR {
                throw .last
            }
        }
    }
}
