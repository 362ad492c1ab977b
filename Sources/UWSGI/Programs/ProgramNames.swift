import Basics

/// Which executables are uWSGI.
enum ProgramNames {
    /// Plugins that Debian and others link a uWSGI to, as `uwsgi_python3`: called by such a name, uWSGI loads the
    /// plugin. Other names that begin alike are other programs: `uwsgi_exporter`, `uwsgi_curl`, `uwsgi_proxy`.
    private static let plugins: [String] = [
        "python", "php", "rack", "rack_ruby", "ruby", "perl", "psgi", "lua", "luajit", "jvm", "jwsgi", "ring",
        "v8", "mono", "gccgo", "go", "pypy", "cgi", "gevent", "gevent_python", "greenlet_python",
        "asyncio_python", "tornado_python", "glusterfs", "rados", "servlet", "http", "fastrouter", "emperor",
        "full", "router",
    ]

    /// What packagers put behind the name of the executable itself.
    private static let builds: Set<Substring> = [
        "core", "bin", "static", "real", "dist", "distrib", "orig", "original", "wrapped", "debug", "dbg",
        "lto",
    ]

    /// Whether a path names uWSGI's executable.
    static func isUWSGI(_ path: String) -> Bool {
        if path == "uwsgi" { return true }
        let name = path.lastPathComponent
        // Nearly all names fail at their first letter, which is quicker to ask than the whole.
        guard let first = name.utf8.first, first == UInt8(ascii: "u") || first == UInt8(ascii: "p"),
            name.utf8.count <= 64
        else { return false }
        if name.utf8.starts(with: "pyuwsgi".utf8) {
            return isVersion(name[name.utf8.index(name.startIndex, offsetBy: 7)...])
        }
        guard name.utf8.starts(with: "uwsgi".utf8) else { return false }
        if name.utf8.count == 5 { return true }
        let rest = name[name.utf8.index(name.startIndex, offsetBy: 5)...]
        if isVersion(rest) || builds.contains(rest.dropFirst()) && ".-_".contains(rest.first ?? " ") {
            return true
        }
        if rest.first == "-", isVersion(rest.dropFirst()) { return true }
        guard rest.first == "_" || rest.first == "-" else { return false }
        let plugin = rest.dropFirst()
        return plugins.contains { plugin.hasPrefix($0) && isVersion(plugin.dropFirst($0.count)) }
            || plugin.isEmpty == false && rest.first == "_" && isVersion(plugin)
    }

    /// Nothing but digits and dots: `3`, `311`, `2.0.31`; also nothing at all.
    private static func isVersion(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0.isDecimalDigit }
    }
}
