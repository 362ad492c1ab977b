import System
import Manifests

import Glibc

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
        do {
            try FileWriting.write(bytes, to: descriptor)
        } catch {
            exit(error.number == EPIPE ? 0 : 2)
        }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// How many characters fit on a line of the terminal; `nil` when the stream is none.
    var width: Int? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether the stream is a terminal whose user asks for colour (https://no-color.org).
    var wantsColour: Bool {
        guard isTerminal, !Self.isDumb else { return false }
        guard let noColour = getenv("NO_COLOR") else { return true }
        return noColour.pointee == 0
    }

    /// Whether the terminal can do no more than show one character after the other (`TERM=dumb`).
    static var isDumb: Bool { getenv("TERM").map { String(cString: $0) } == "dumb" }

    /// Whether the user's locale has more characters than ASCII: only where it says that it has not, has it not.
    static var isUnicode: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
            return value != "C" && value != "POSIX"
        }
        return true
    }

    /// How text is set off on the stream.
    var style: TextStyle { TextStyle(isColoured: wantsColour, isUnicode: Self.isUnicode) }
}
