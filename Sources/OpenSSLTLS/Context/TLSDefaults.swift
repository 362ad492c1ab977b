/// What a server agrees to unless it is told otherwise: less than OpenSSL's own defaults.
enum TLSDefaults {
    /// For TLS 1.2: authenticated encryption with forward secrecy, as RFC 9325, section 4.2, recommends. OpenSSL
    /// would also take CBC with a MAC before the encryption, and with an RSA key a key exchange without
    /// forward secrecy.
    static let ciphers = [
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    ].joined(separator: ":")

    /// For the key exchange, best first; the first list that this OpenSSL knows wholly. The hybrid with
    /// ML-KEM is there from OpenSSL 3.5 on. OpenSSL would also take the finite fields of RFC 7919, of which the
    /// smallest has 112 bits, and the largest lets anybody who sends a number cost us a long computation
    /// (CVE-2002-20001).
    static let groups = ["X25519MLKEM768:\(curves)", curves]

    private static let curves = "X25519:P-256:X448:P-521:P-384"
}
