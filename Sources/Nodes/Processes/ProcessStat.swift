/// What `/proc/PID/stat` says. Source: proc_pid_stat(5).
struct ProcessStat: Sendable, Hashable {
    let name: String
    let parent: Int
    /// When the process started after the system did, in clock ticks.
    let startTicks: Int

    /// - Returns: `nil` for what is not such a line.
    init?(_ text: [UInt8]) {
        // The name stands in parentheses and may hold any byte, parentheses too: it ends at the last one.
        guard let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        name = String(decoding: text[(open + 1)..<close], as: UTF8.self)
        let fields = text[(close + 1)...].split(separator: UInt8(ascii: " "))
        // Counted from the third field, the state.
        guard fields.count > 19, let parent = Int(String(decoding: fields[1], as: UTF8.self)),
            let start = Int(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.parent = parent
        startTicks = start
    }
}
