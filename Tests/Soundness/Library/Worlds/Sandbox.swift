import Foundation

/// What is wrong with the machine, or with a sandbox.
struct SandboxFailure: Error, CustomStringConvertible {
    var description: String
}

/// A folder with programs that stand in for others, and a process that runs scripts in it.
///
/// What runs there sees only that folder in `PATH`, no input and no terminal, and no file elsewhere by a relative
/// name; it is ended, with all its descendants, when its time is over.
final class Sandbox {
    /// The descriptors that a container is given.
    private let limit: UInt
    private let folder: URL
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Real programs that the scripts may call: they change nothing but the folder they run in.
    private static let tools = [
        "basename", "busybox", "cat", "chmod", "cp", "dash", "dirname", "echo", "env", "false", "find", "ln",
        "nice",
        "nohup", "printf", "setsid", "tee", "timeout", "true", "xargs", "bash",
    ]

    /// Milliseconds after which a script is ended. What it has started until then counts.
    private let patience: Int

    init(_ programs: SandboxPrograms, patience: Int) throws {
        self.patience = patience
        var most = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &most)
        limit = min(UInt(most.rlim_max), 1_048_576)
        guard limit > 8192 else {
            throw SandboxFailure(description: "the hard limit of descriptors is below 8192")
        }
        // Without a dash or a dot, which `${X%%-*}` and its like would take off the path of a program.
        let name = UUID().uuidString.replacing("-", with: "")
        folder = Self.temporaryFolder.appending(path: "soundness\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for shell in Shell.allCases {
            try Self.fill(folder.appending(path: "bin-\(shell)"), shell, programs)
        }
        process.executableURL = programs.sandbox
        process.arguments = [folder.path, "\(limit)"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The first of the shells that this machine lacks.
    static var missingShell: Shell? { Shell.allCases.first { path(of: $0.rawValue) == nil } }

    // MARK: Running

    /// Runs a container's command line.
    func run(_ example: Example, in world: World) throws -> Run {
        try send(job(example, world))
        let answer = try receive()
        guard let run = Run(answer) else {
            throw SandboxFailure(description: "the sandbox answers \(answer.debugDescription)")
        }
        return run
    }

    private func job(_ example: Example, _ world: World) -> [UInt8] {
        let bin = folder.appending(path: "bin-\(world.shell)").path
        let name = example.invocation.words.last == "sh" ? "sh" : world.shell.rawValue
        let isShell = example.invocation.words.last.map { $0.hasSuffix("/sh") } ?? false
        let words =
            ["\(bin)/\(isShell ? "sh" : name)"] + example.invocation.options + [example.scriptText]
            + example.arguments
        var environment = world.variables
        for variable in example.variables {
            if let value = variable.value { environment[variable.name] = value }
        }
        var programs = world.lacksUWSGI ? "\(bin)-bare:\(folder.path)/installed" : bin
        if world.hasLenientWrappers { programs = "\(folder.path)/lenient:\(programs)" }
        environment["PATH"] = world.hasOptionalPrograms ? "\(programs):\(folder.path)/optional" : programs
        var fields = ["\(patience)", "\(words.count)"] + words
        fields +=
            ["\(environment.count)"] + environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        fields.append("\(world.files.count)")
        for file in world.files { fields += [file.path, "755", file.text] }
        let statuses = ([("server", "")] + World.programs).map { program -> String in
            let status = world.statuses[program.name] ?? World.usualStatus(of: program.name)
            return "\(program.name) \(status.rawValue) \(program.output)\n"
        }
        let wrappers = World.wrappers.map { "\($0) lenient\n" }
        fields.append("base \(limit)\n" + statuses.joined() + wrappers.joined())
        return fields.flatMap { Array($0.utf8) + [0] }
    }

    private func send(_ job: [UInt8]) throws {
        let header = withUnsafeBytes(of: UInt32(job.count)) { Array($0) }
        try input.fileHandleForWriting.write(contentsOf: header + job)
    }

    private func receive() throws -> String {
        let header = try receive(4)
        let length = header.enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        return String(decoding: try receive(length), as: UTF8.self)
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try output.fileHandleForReading.read(upToCount: count - bytes.count)
            guard let more, !more.isEmpty else { throw SandboxFailure(description: "the sandbox has ended") }
            bytes += more
        }
        return bytes
    }

    // MARK: Programs

    /// In memory where that can be, as a script's files are made and removed each time it runs.
    static var temporaryFolder: URL {
        let memory = URL(filePath: "/dev/shm")
        // Programs have to be run there: `access` says no where the file system is mounted `noexec`.
        let isFit = access(memory.path, W_OK | X_OK) == 0
        return isFit ? memory : FileManager.default.temporaryDirectory
    }

    private static func fill(_ bin: URL, _ shell: Shell, _ programs: SandboxPrograms) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: bin, withIntermediateDirectories: false)
        // A copy: the stand-in finds the sandbox by its own place.
        let copy = bin.appending(path: "uwsgi")
        try manager.copyItem(at: programs.standIn, to: copy)
        try manager.linkItem(at: copy, to: bin.appending(path: "uwsgi.real"))
        let optional = bin.deletingLastPathComponent().appending(path: "optional")
        try manager.createDirectory(at: optional, withIntermediateDirectories: true)
        let lenient = bin.deletingLastPathComponent().appending(path: "lenient")
        try manager.createDirectory(at: lenient, withIntermediateDirectories: true)
        for wrapper in World.wrappers {
            let place = lenient.appending(path: wrapper)
            if !manager.fileExists(atPath: place.path) { try manager.linkItem(at: copy, to: place) }
        }
        for program in World.programs {
            let isOptional = World.optionalPrograms.contains(program.name)
            let place = (isOptional ? optional : bin).appending(path: program.name)
            if !manager.fileExists(atPath: place.path) { try manager.linkItem(at: copy, to: place) }
        }
        for tool in tools {
            guard let path = path(of: tool) else {
                throw SandboxFailure(description: "\(tool) is not installed")
            }
            try manager.createSymbolicLink(atPath: bin.appending(path: tool).path, withDestinationPath: path)
        }
        guard let path = path(of: shell.rawValue) else {
            throw SandboxFailure(description: "\(shell) is not installed")
        }
        try manager.createSymbolicLink(atPath: bin.appending(path: "sh").path, withDestinationPath: path)
        // `bin/uwsgi`, appended to itself, is a path.
        try manager.createSymbolicLink(
            atPath: bin.appending(path: "uwsgibin").path, withDestinationPath: ".")
        try fillBare(bin)
    }

    /// A folder with the same programs, but for uWSGI.
    private static func fillBare(_ bin: URL) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: bin.path + "-bare", withIntermediateDirectories: false)
        for name in try manager.contentsOfDirectory(atPath: bin.path) where !name.hasPrefix("uwsgi") {
            try manager.createSymbolicLink(
                atPath: "\(bin.path)-bare/\(name)", withDestinationPath: bin.appending(path: name).path)
        }
    }

    private static func path(of name: String) -> String? {
        ["/usr/bin", "/bin"].map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}
