/// The variables of one letter that uWSGI replaces in a file's text before it parses it: `%d`, `%n`, `%v`.
///
/// One table serves all files, and what one file sets stays until the next is opened. Every other `%` is dropped
/// with the character that follows it. Sources: `config_magic_table_fill` and `uwsgi_setup` in core/uwsgi.c,
/// `magic_sub` in core/utils.c.
struct MagicVariables {
    private var values: [UInt8: ConfigurationText] = [:]
    private var hasFirst = false
    /// Whether the upper-case variables stay as they are, as they do in an operand's files and in included ones.
    var isHeld = false

    init(_ world: ConfigurationWorld) {
        // Time, version, processors, user and group, the program's path: known only where uWSGI runs.
        for name in "tTVkuUgGb".utf8 { values[name] = .unknown }
        values[UInt8(ascii: "v")] = world.workingDirectory.map { Array($0.utf8) } ?? .unknown
        values[UInt8(ascii: "h")] = world.hostname.map { Array($0.utf8) } ?? .unknown
        values[UInt8(ascii: "[")] = [0x1B]
        values[UInt8(ascii: "%")] = ConfigurationText("%")
        values[UInt8(ascii: "(")] = ConfigurationText("%(")
    }

    subscript(_ name: UInt8) -> ConfigurationText { values[name] ?? [] }

    /// Takes over what a file's name says.
    /// - Parameter name: as the option has it, with the section.
    /// - Returns: whether the upper-case variables speak of it.
    mutating func fill(_ name: ConfigurationText, in world: ConfigurationWorld) -> Bool {
        let colon = name.lastIndex(of: UInt8(ascii: ":"))
        // uWSGI puts a NUL in the colon's place while it reads the file.
        set("o", Array(name[..<(colon ?? name.endIndex)]))
        // `:section` is the file before: its variables stay.
        if colon != 0 { fillPath(Array(name[..<(colon ?? name.endIndex)]), in: world) }
        set("x", colon.map { Array(name[($0 + 1)...]) } ?? [])
        guard !isHeld, !hasFirst else { return false }
        hasFirst = true
        for letter in "odspcenxij".utf8 { values[letter & ~0x20] = values[letter] ?? [] }
        return true
    }

    /// Takes note that the first file has been read, after which `%O` has its section too.
    mutating func endFirst(_ name: ConfigurationText) { set("O", name) }

    /// Takes over the name of what is not a file.
    mutating func fill(addressOf name: ConfigurationText) { set("o", name) }

    private mutating func fillPath(_ path: ConfigurationText, in world: ConfigurationWorld) {
        let full = Array(world.resolved(path).utf8)
        let slash = full.lastIndex(of: UInt8(ascii: "/"))
        let base = Array(full[(slash.map { $0 + 1 } ?? 0)...])
        let isAbsolute = full.first == UInt8(ascii: "/")
        let folder = Array(full[..<(slash ?? 0)])
        let parts = folder.tokens(UInt8(ascii: "/"))
        // The inode and a hash of the path.
        set("i", .unknown)
        set("j", .unknown)
        set("p", isAbsolute ? full : .unknown + full)
        set("s", base)
        set("d", isAbsolute ? folder + ConfigurationText("/") : .unknown)
        set("c", isAbsolute ? parts.last ?? [] : .unknown)
        for digit in 0...9 {
            let part = digit < parts.count ? parts[digit] : []
            values[UInt8(ascii: "0") + UInt8(digit)] = isAbsolute ? part : .unknown
        }
        let dot = base.lastIndex(of: UInt8(ascii: "."))
        set("e", dot.map { Array(base[($0 + 1)...]) } ?? [])
        set("n", dot.map { Array(base[..<$0]) } ?? base)
    }

    private mutating func set(_ name: Unicode.Scalar, _ value: ConfigurationText) {
        values[UInt8(truncatingIfNeeded: name.value)] = value
    }
}
