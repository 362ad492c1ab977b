import ArgumentParser
import OpenSSLTLS

/// How the server proves who it is, and whom it talks to.
struct TLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp(
            "The certificate chain, leaf first, as PEM; read again when it changes.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp(
            "The certificate's private key, as PEM; read again when it changes.", valueName: "file"))
    var key: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Instead of files: make a CA and a certificate for these DNS names and IP addresses, and forget "
                + "them at the end.", valueName: "name"))
    var selfSigned: [String] = []

    @Option(
        name: .customLong("ca-out"),
        help: ArgumentHelp(
            "Where to write the certificate of the CA that --self-signed makes.", valueName: "file"))
    var authorityOutput: String?

    @Option(
        name: .customLong("client-ca"),
        help: ArgumentHelp(
            "Ask clients for a certificate that one of these CAs has issued.", valueName: "file"))
    var clientAuthority: String?

    @Option(
        name: .customLong("client-name"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Allow only clients with one of these names, as common name or DNS name.", valueName: "name"))
    var clientNames: [String] = []

    @Option(name: .customLong("tls-min-version"), help: "The oldest version of TLS to speak: 1.2 or 1.3.")
    var minimumVersion = TLSVersion.v1_3

    @Option(
        name: .customLong("tls-ciphers"),
        help: ArgumentHelp(
            "Ciphers for TLS 1.2, in OpenSSL's notation (default: AEAD with forward secrecy only).",
            valueName: "list"))
    var ciphers: String?

    @Option(
        name: .customLong("tls-ciphersuites"),
        help: ArgumentHelp("Cipher suites for TLS 1.3, in OpenSSL's notation.", valueName: "list"))
    var ciphersuites: String?

    func validate() throws {
        switch (certificate, key, selfSigned.isEmpty) {
        case (nil, nil, true):
            throw ValidationError("a certificate is missing: give --tls-cert and --tls-key, or --self-signed")
        case (.some, nil, _), (nil, .some, _):
            throw ValidationError("--tls-cert and --tls-key go together")
        case (.some, .some, false):
            throw ValidationError(
                "--self-signed takes the place of --tls-cert and --tls-key: give one or the other")
        case (.some, .some, true), (nil, nil, false):
            break
        }
        guard authorityOutput == nil || !selfSigned.isEmpty else {
            throw ValidationError("--ca-out goes with --self-signed")
        }
        guard clientNames.isEmpty || clientAuthority != nil else {
            throw ValidationError("--client-name goes with --client-ca")
        }
    }

    /// Loads, or makes, the certificate.
    /// - Throws: ``CommandFailure`` that names the file, the reason and the cure.
    func certificateFiles() throws -> CertificateFiles {
        do {
            var configuration = TLSServerConfiguration(
                certificate: try source(), minimumVersion: minimumVersion, ciphers: ciphers,
                ciphersuites: ciphersuites)
            if let clientAuthority {
                configuration.clientAuthentication = ClientAuthentication(
                    authorities: .file(clientAuthority), allowedNames: clientNames.isEmpty ? nil : clientNames
                )
            }
            return try CertificateFiles(configuration)
        } catch let error as TLSError {
            throw CommandFailure("\(error)")
        }
    }

    private func source() throws -> CertificateSource {
        if let certificate, let key { return .files(certificate: certificate, key: key) }
        let authority = try CertificateAuthority.make(commonName: "uwsgi-max-fd ephemeral CA")
        let certificate = try authority.issueServerCertificate(names: try SubjectNames(selfSigned))
        if let authorityOutput {
            try NewFile.writeAll(
                [NewFile(authorityOutput, authority.certificate.pem(), isSecret: false)], replacing: true)
        }
        return .memory(certificate)
    }
}

extension TLSVersion: ExpressibleByArgument {}
