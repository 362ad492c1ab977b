import Basics
import ArgumentParser
import OpenSSLTLS

/// Makes the certificates of the webhook.
struct CertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Make a private CA and a serving certificate.",
        discussion: """
            The API server calls the webhook by the name SERVICE.NAMESPACE.svc, and trusts the CA in the webhook \
            configuration's caBundle. This makes both, with OpenSSL's library:

              uwsgi-max-fd certs uwsgi-max-fd.uwsgi-max-fd.svc

            writes ca.crt, ca.key, tls.crt and tls.key into the current folder, the keys readable by their owner only. \
            Keep ca.key: while certificates come from the same CA, caBundle can stay as it is. To renew the serving \
            certificate, with the same names, from the same CA:

              uwsgi-max-fd certs --renew

            To make a Secret for the chart, keeping the new CA in a folder, and the line for caBundle:

              uwsgi-max-fd certs NAME --output secret --directory ca > secret.yaml
              uwsgi-max-fd certs --ca-bundle --ca-cert ca/ca.crt
            """)

    enum Output: String, CaseIterable, ExpressibleByArgument {
        case files, secret
    }

    @Argument(
        help: ArgumentHelp(
            "DNS names and IP addresses by which clients reach the server.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Replace tls.crt and tls.key with a new pair with the same names and key type.")
    var renew = false

    @Option(
        name: .customLong("ca-cert"),
        help: ArgumentHelp(
            "Sign with this CA instead of making one; PEM, the CAs above it may follow.", valueName: "file"))
    var authorityCertificate: String?

    @Option(name: .customLong("ca-key"), help: ArgumentHelp("The key of that CA, as PEM.", valueName: "file"))
    var authorityKey: String?

    @Option(
        name: .customLong("ca-name"), help: ArgumentHelp("What a new CA is called.", valueName: "name"))
    var authorityName = "uwsgi-max-fd webhook CA"

    @Option(help: ArgumentHelp("How long the serving certificate is valid.", valueName: "days"))
    var days = 365

    @Option(help: ArgumentHelp("How long a new CA is valid.", valueName: "days"))
    var caDays = 3650

    @Option(
        help: ArgumentHelp(
            "ecdsa (P-256), rsa (2048 bits), rsa-3072 or rsa-4096. (default: ecdsa; with --renew, as before)",
            valueName: "type"))
    var keyType: KeyType?

    @Option(help: "files, or secret: a manifest of a kubernetes.io/tls Secret on standard output.")
    var output = Output.files

    @Option(
        help: ArgumentHelp(
            "The folder for the files, which is made where it is missing. (default: the current one; with --output secret, none)",
            valueName: "folder"))
    var directory: String?

    @Option(help: ArgumentHelp("The Secret's name.", valueName: "name"))
    var secretName = "uwsgi-max-fd-tls"

    @Option(help: ArgumentHelp("The Secret's namespace; left out when not given.", valueName: "name"))
    var namespace: String?

    @Flag(
        name: .customLong("ca-bundle"),
        help: "Print the CA as the base64 line for caBundle; without names, that alone.")
    var printsBundle = false

    @Flag(help: "Replace files that exist.")
    var force = false

    func validate() throws {
        guard !renew || names.isEmpty else {
            throw ValidationError(
                "--renew keeps the names of the certificate: leave the names out, or leave out --renew")
        }
        guard !names.isEmpty || renew || (printsBundle && authorityCertificate != nil) else {
            throw ValidationError(
                printsBundle
                    ? "--ca-bundle without names needs --ca-cert, the CA to print"
                    : "give the names of the server, such as uwsgi-max-fd.uwsgi-max-fd.svc")
        }
        if !names.isEmpty || renew, (authorityCertificate == nil) != (authorityKey == nil) {
            throw ValidationError("--ca-cert and --ca-key go together")
        }
        guard !printsBundle || output == .files else {
            throw ValidationError(
                "--ca-bundle and --output secret would mix on standard output: the Secret's ca.crt holds that very line"
            )
        }
    }

    func run() throws {
        do {
            if names.isEmpty && !renew, let authorityCertificate {
                try printBundle(TrustBundle.anchors(of: TrustBundle.load(path: authorityCertificate)))
            } else {
                try issue()
            }
        } catch let error as TLSError {
            throw CommandFailure("\(error)")
        }
    }

    /// Makes the pair, and the CA if need be, and puts them where they are wanted.
    private func issue() throws {
        let folder = CertificateFolder(directory ?? ".")
        let writesFiles = output == .files
        let savesAuthority = authorityCertificate == nil && !renew && (writesFiles || directory != nil)
        if !force {
            let replaced =
                (writesFiles && !renew ? folder.pair : []) + (savesAuthority ? folder.authority : [])
            try folder.expectNone(of: replaced)
        }
        let plan = try plan(folder)
        let authority = try signingAuthority(folder)
        let made = try authority.issueServerCertificate(
            names: plan.names, keyType: plan.keyType, validity: .days(days))

        var files: [NewFile] = []
        if savesAuthority {
            files += [
                NewFile(folder.authorityKey, try authority.authority.key.pem(), isSecret: true),
                NewFile(
                    folder.authorityCertificate, try TrustBundle.pem(authority.trustAnchors), isSecret: false),
            ]
        }
        if writesFiles {
            files += [
                NewFile(folder.key, try made.key.pem(), isSecret: true),
                NewFile(folder.certificate, try made.chainPEM(), isSecret: false),
            ]
        }
        // Everything that can be wrong with the Secret shows before any file is written.
        let secret =
            try writesFiles
            ? nil
            : TLSSecret(
                name: secretName, namespace: namespace, trustAnchors: authority.trustAnchors,
                certificate: made)
        if !files.isEmpty { try folder.make() }
        try NewFile.writeAll(files, replacing: force || renew)
        report(made, files, keepsAuthority: savesAuthority || authorityCertificate != nil || renew)
        if let secret { StandardStream.output.write(secret.manifest) }
        if printsBundle { try printBundle(authority.trustAnchors) }
    }

    private func plan(_ folder: CertificateFolder) throws -> (names: SubjectNames, keyType: KeyType) {
        guard renew else { return (try SubjectNames(names), keyType ?? .p256) }
        let previous = try Certificate.load(path: folder.certificate).first
        guard let previous, let names = previous.subjectNames else {
            throw CommandFailure(
                "\(folder.certificate): holds no names that can be renewed. Give the names instead of --renew."
            )
        }
        return (names, keyType ?? previous.keyType ?? .p256)
    }

    private func signingAuthority(_ folder: CertificateFolder) throws -> SigningAuthority {
        if let authorityCertificate, let authorityKey {
            return try SigningAuthority(certificatePath: authorityCertificate, keyPath: authorityKey)
        }
        if renew {
            return try SigningAuthority(
                certificatePath: folder.authorityCertificate, keyPath: folder.authorityKey)
        }
        return SigningAuthority(
            try CertificateAuthority.make(
                commonName: authorityName, keyType: keyType ?? .p256, validity: .days(caDays)))
    }

    /// On standard error, so that standard output holds only what was asked for.
    private func report(_ made: CertificateWithKey, _ files: [NewFile], keepsAuthority: Bool) {
        let names = (made.certificate.dnsNames + made.certificate.ipAddresses).joined(separator: ", ")
        var lines = [
            "certificate for \(names), valid until \(Timestamp(seconds: Int(made.certificate.notAfter)).rfc3339)"
        ]
        lines += files.map { "wrote \($0.path)" }
        if !keepsAuthority {
            lines.append(
                "the CA's key was not kept: add --directory to keep it, and renew without changing caBundle")
        }
        StandardStream.error.write(lines.joined(separator: "\n") + "\n")
    }

    private func printBundle(_ certificates: [Certificate]) throws {
        let pem = try TrustBundle.pem(certificates)
        StandardStream.output.write(Base64.encode(Array(pem.utf8)) + "\n")
    }
}

extension KeyType: ExpressibleByArgument {
    private static let named: [(String, KeyType)] = [
        ("ecdsa", .p256), ("rsa", .rsa(.bits2048)), ("rsa-2048", .rsa(.bits2048)),
        ("rsa-3072", .rsa(.bits3072)),
        ("rsa-4096", .rsa(.bits4096)),
    ]

    public init?(argument: String) {
        guard let found = Self.named.first(where: { $0.0 == argument }) else { return nil }
        self = found.1
    }

    public static var allValueStrings: [String] { named.map(\.0) }
}
