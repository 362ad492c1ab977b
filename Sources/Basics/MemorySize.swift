/// Amounts of memory, written for people.
public enum MemorySize {
    /// Three digits at most before the unit, a fraction only where it adds something: `8 MiB`, `1.5 GiB`.
    public static func text(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var unit = 0
        var divisor = 1
        while unit + 1 < units.count, bytes / divisor >= 1024 {
            divisor *= 1024
            unit += 1
        }
        // Rounded: 1073741816 descriptors are to read as 8 GiB, and not as 7.9. Ten times the rest of an EiB would be
        // too large a number, so its last bits are left out.
        let grain = max(divisor >> 40, 1)
        let rest = (bytes % divisor) / grain * 10
        let tenths = (bytes / divisor) * 10 + (rest + divisor / grain / 2) / (divisor / grain)
        let fraction = tenths % 10 == 0 || tenths >= 1000 ? "" : ".\(tenths % 10)"
        return "\(tenths / 10)\(fraction) \(units[unit])"
    }
}
