/// Makes tar archives for tests, byte by byte, also wrong ones.
enum TarBytes {
    /// One entry with its content.
    static func entry(
        _ name: String, type: Character = "0", content: [UInt8] = [], target: String = "", size: Int? = nil
    ) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int, limit: Int) {
            for (index, byte) in text.utf8.prefix(limit).enumerated() { header[offset + index] = byte }
        }
        put(name, at: 0, limit: 100)
        put("0000644", at: 100, limit: 8)
        let digits = String(size ?? content.count, radix: 8)
        put(String(repeating: "0", count: max(0, 11 - digits.count)) + digits, at: 124, limit: 11)
        put(String(type), at: 156, limit: 1)
        put(target, at: 157, limit: 100)
        put("ustar", at: 257, limit: 5)
        put("00", at: 263, limit: 2)
        put("        ", at: 148, limit: 8)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148, limit: 8)
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return header + content + padding
    }

    static func file(_ name: String, _ text: String) -> [UInt8] { entry(name, content: Array(text.utf8)) }

    static func link(_ name: String, to target: String) -> [UInt8] { entry(name, type: "2", target: target) }

    static func folder(_ name: String) -> [UInt8] { entry(name, type: "5") }

    static let end = [UInt8](repeating: 0, count: 1024)

    static func archive(_ entries: [[UInt8]]) -> [UInt8] { Array(entries.joined()) + end }
}
