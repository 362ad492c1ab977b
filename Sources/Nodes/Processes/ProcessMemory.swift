/// A process's memory and user, from `/proc/PID/status`. Source: proc_pid_status(5).
public struct ProcessMemory: Sendable, Hashable {
    /// Resident, in bytes.
    public private(set) var resident = 0
    /// The anonymous part of it, in bytes: what the process has written itself.
    public private(set) var anonymous = 0
    public private(set) var user: Int?

    /// What is missing is 0: a process that is about to end has no memory any more.
    init(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            guard fields.count >= 2, let number = Int(String(decoding: fields[1], as: UTF8.self)) else {
                continue
            }
            switch String(decoding: fields[0], as: UTF8.self) {
            case "VmRSS:": resident = Self.bytes(number)
            case "RssAnon:": anonymous = Self.bytes(number)
            case "Uid:": user = number
            default: break
            }
        }
    }

    private static func bytes(_ kibibytes: Int) -> Int { min(max(kibibytes, 0), Int.max >> 10) << 10 }
}
