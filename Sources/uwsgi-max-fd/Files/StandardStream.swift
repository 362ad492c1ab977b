#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The process's own output streams, written to without a buffer.
struct StandardStream {
    static let output = StandardStream(descriptor: STDOUT_FILENO)
    static let error = StandardStream(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes it all. A reader that is gone ends the process quietly, as it does other programs in a pipe.
    func write(_ bytes: [UInt8]) {
        guard !DescriptorWriting.writeAll(bytes, to: descriptor) else { return }
        exit(errno == EPIPE ? 0 : 2)
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// How many characters fit on a line of the terminal; `nil` when the stream is none.
    var width: Int? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether the stream is a terminal whose user wants colour (https://no-color.org).
    var wantsColour: Bool {
        guard isTerminal else { return false }
        guard let noColour = getenv("NO_COLOR") else { return true }
        return noColour.pointee == 0
    }
}
