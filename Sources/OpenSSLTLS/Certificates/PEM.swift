import COpenSSL

/// Reading and writing PEM (RFC 7468) by OpenSSL.
enum PEM {
    /// Parses every certificate of a PEM text, the leaf first. Text between the blocks is ignored, as RFC 7468
    /// section 2 allows; a block that does not parse is an error.
    static func certificates(_ bytes: [UInt8], path: String) throws -> [Certificate] {
        try withReadBIO(bytes) { bio in
            var found: [Certificate] = []
            while true {
                OpenSSLErrorQueue.clear()
                // The new X509 is ours; Certificate takes the ownership over.
                if let x509 = PEM_read_bio_X509(bio, nil, refusePassword, nil) {
                    found.append(Certificate(takingOwnershipOf: x509))
                    continue
                }
                let errors = OpenSSLErrorQueue.drain()
                guard isEndOfPEM(errors) else { throw notPEM(path, "certificate", errors) }
                guard !found.isEmpty else {
                    throw TLSError(
                        bytes.isEmpty ? .emptyChain : .notPEM, path: path,
                        bytes.isEmpty
                            ? "the file is empty"
                            : "holds no PEM certificate: \(OpenSSLErrorQueue.text(of: errors))",
                        cure: "It must hold \"-----BEGIN CERTIFICATE-----\" blocks, the server's own first")
                }
                return found
            }
        }
    }

    static func privateKey(_ bytes: [UInt8], path: String) throws -> PrivateKey {
        guard !containsEncryptedKey(bytes) else { throw encryptedKey(path) }
        return try withReadBIO(bytes) { bio in
            OpenSSLErrorQueue.clear()
            // The new EVP_PKEY is ours; PrivateKey takes the ownership over.
            if let key = PEM_read_bio_PrivateKey(bio, nil, refusePassword, nil) {
                return PrivateKey(takingOwnershipOf: key)
            }
            let errors = OpenSSLErrorQueue.drain()
            if errors.contains(where: { $0.library == ERR_LIB_PEM && $0.reason == PEM_R_BAD_PASSWORD_READ }) {
                throw encryptedKey(path)
            }
            throw notPEM(path, "private key", errors)
        }
    }

    /// Gives the text that `write` leaves in a memory BIO.
    static func text(_ write: (OpaquePointer) -> Int32) throws -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw TLSError.library("allocate a BIO") }
        defer { BIO_free(bio) }
        guard write(bio) == 1 else { throw TLSError.library("encode PEM") }
        // The BIO owns the bytes; they are copied before it is freed.
        var start: UnsafeMutablePointer<CChar>?
        let length = uwsgimaxfd_bio_get_mem_data(bio, &start)
        guard let start, length > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    private static func withReadBIO<Result>(
        _ bytes: [UInt8], _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        try bytes.withUnsafeBytes { raw in
            // BIO_new_mem_buf needs a pointer even for no bytes; it only borrows the array's memory, for
            // the length of this closure.
            guard
                let bio = raw.isEmpty
                    ? BIO_new(BIO_s_mem()) : BIO_new_mem_buf(raw.baseAddress, Int32(clamping: raw.count))
            else { throw TLSError.library("allocate a BIO") }
            defer { BIO_free(bio) }
            return try body(bio)
        }
    }

    private static func isEndOfPEM(_ errors: [OpenSSLError]) -> Bool {
        errors.count == 1 && errors[0].library == ERR_LIB_PEM && errors[0].reason == PEM_R_NO_START_LINE
    }

    /// Both forms of encrypted keys: PKCS #8 (RFC 7468, section 11) and the older one of RFC 1421 headers.
    private static func containsEncryptedKey(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || text.contains("Proc-Type: 4,ENCRYPTED")
    }

    private static func encryptedKey(_ path: String) -> TLSError {
        TLSError(
            .encryptedKey, path: path, "the private key is encrypted, and nobody can type a password here",
            cure:
                "Store it decrypted (openssl pkey -in KEY -out NEW) in a file or Secret that only the server reads"
        )
    }

    private static func notPEM(_ path: String, _ what: String, _ errors: [OpenSSLError]) -> TLSError {
        TLSError(
            .notPEM, path: path, "holds no readable PEM \(what): \(OpenSSLErrorQueue.text(of: errors))",
            cure: "Check that the file is whole and was not swapped with another")
    }
}

/// Never prompts on a terminal, which is what OpenSSL does without a callback.
private func refusePassword(
    buffer: UnsafeMutablePointer<CChar>?, size: Int32, isWriting: Int32, data: UnsafeMutableRawPointer?
) -> Int32 {
    -1
}
