import OpenSSLTLS

/// What the program was built from.
enum BuildFacts {
    static func of(version: String) -> ServerMetrics.Build {
        ServerMetrics.Build(version: version, swift: swiftVersion, openssl: OpenSSLVersion.loaded)
    }

    /// The compiler's version: it is known only to conditional compilation.
    static var swiftVersion: String {
        #if compiler(>=6.5)
            "6.5"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
