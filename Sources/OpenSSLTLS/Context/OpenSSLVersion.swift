import COpenSSL

/// Which OpenSSL this program runs with.
public enum OpenSSLVersion {
    /// The version of the library that is loaded, such as `3.0.17`; it need not be the one compiled against.
    public static var loaded: String {
        String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))
    }
}
