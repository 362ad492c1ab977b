import Glibc

/// Runs another program to its end, and takes what it writes.
public enum ProgramRun {
    /// Why there is no output.
    public enum Failure: Error, Hashable {
        case cannotStart(SystemError)
        /// It took too long, or wrote too much; it has been killed.
        case killed
        /// It ended with another status than 0, or by a signal.
        case failed
    }

    /// What a program that is found on the `PATH` writes to standard output. What it writes to standard error is thrown
    /// away: it may be secret.
    /// - Parameters:
    ///   - input: at most 4,096 bytes, which any pipe takes at once.
    ///   - limit: the most bytes of output.
    ///   - seconds: how long it may take.
    public static func output(
        of program: String, _ arguments: [String], input: [UInt8], limit: Int, seconds: Int
    ) throws(Failure) -> [UInt8] {
        let (source, output) = (try Pipe(), try Pipe())
        let child = try spawn(program, arguments, input: source.reading, output: output.writing)
        source.closeReading()
        output.closeWriting()
        try? FileWriting.write(Array(input.prefix(4096)), to: source.writing)
        source.closeWriting()
        let bytes = read(output.reading, limit: limit, seconds: seconds)
        if bytes == nil { kill(child, SIGKILL) }
        var status: CInt = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        guard let bytes else { throw .killed }
        guard status == 0 else { throw .failed }
        return bytes
    }

    /// Until the end; `nil` when it does not come in time, or is too far.
    private static func read(_ descriptor: CInt, limit: Int, seconds: Int) -> [UInt8]? {
        let end = milliseconds + seconds * 1000
        var bytes: [UInt8] = []
        while true {
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = end - milliseconds
            guard left > 0 else { return nil }
            let ready = Glibc.poll(&poll, 1, CInt(clamping: left))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0, let chunk = try? FileReading.chunk(of: descriptor, size: 4096) else {
                return nil
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { return nil }
        }
    }

    /// Of the clock that nobody sets.
    private static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    }

    private static func spawn(
        _ program: String, _ arguments: [String], input: CInt, output: CInt
    ) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore SIGPIPE; a program expects the default.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        // Ours, freed below: posix_spawn copies what it needs.
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, program, &actions, &attributes, words, environ)
        guard failure == 0 else { throw .cannotStart(SystemError(failure)) }
        return child
    }
}

/// Both ends of a pipe, which no other program inherits.
private final class Pipe {
    /// Owned here until they are closed.
    private(set) var reading: CInt
    private(set) var writing: CInt

    init() throws(ProgramRun.Failure) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotStart(.last) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        if reading >= 0 { close(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }
}
