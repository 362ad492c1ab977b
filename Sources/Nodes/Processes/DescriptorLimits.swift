/// A process's limit of file descriptors, from `/proc/PID/limits`. Source: proc_pid_limits(5).
public struct DescriptorLimits: Sendable, Hashable {
    /// In file descriptors; `Int.max` stands for `unlimited`.
    public let soft: Int
    public let hard: Int

    private static let label = Array("Max open files".utf8)

    /// - Returns: `nil` for a text without such a line.
    init?(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Self.label) {
            let fields = line.dropFirst(Self.label.count).split(separator: UInt8(ascii: " "))
            guard fields.count >= 2, let soft = Self.number(fields[0]), let hard = Self.number(fields[1])
            else {
                return nil
            }
            (self.soft, self.hard) = (soft, hard)
            return
        }
        return nil
    }

    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        let text = String(decoding: field, as: UTF8.self)
        return text == "unlimited" ? .max : Int(text)
    }
}
