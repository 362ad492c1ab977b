import Admission
import JSON
import UWSGI
import YAML

/// Gives every uWSGI in a manifest an effective max-fd by changing the manifest's text: only the lines that have to
/// change do, and a container that cannot be changed safely is left as it is and named.
public struct ManifestFix: Sendable {
    /// The text as it was, and as it is to be.
    public let original: [UInt8]
    public let fixed: [UInt8]
    /// How many containers were given a max-fd.
    public let changeCount: Int
    /// The containers that were left as they are, and why.
    public let refusals: [Refusal]

    /// A container that was left as it is.
    public struct Refusal: Sendable, Hashable {
        /// In the text as it was, from 1.
        public let line: Int
        /// `kind name, container name: reason`.
        public let reason: String
    }

    /// Where a max-fd is put.
    public enum Place: String, Sendable, CaseIterable {
        /// In the container's variables.
        case env
        /// In the ConfigMap that holds uWSGI's configuration.
        case config
    }

    /// Fixes a file by itself.
    /// - Parameters:
    ///   - bytes: a whole file. What in it cannot be read stays as it is.
    ///   - settings: as for a scan.
    public init(_ bytes: [UInt8], settings: ScanSettings) {
        var scan = Scan(settings: settings)
        scan.read(ByteArraySource(bytes), file: "")
        self.init(bytes, file: "", in: .env, ConfigurationFix(scan))
    }

    /// Fixes one file of several, which may hold what the containers of another refer to.
    /// - Parameters:
    ///   - bytes: a whole file. What in it cannot be read stays as it is.
    ///   - file: what the scan of all files called it.
    ///   - configuration: what is known of all files.
    public init(_ bytes: [UInt8], file: String, in place: Place, _ configuration: ConfigurationFix) {
        original = bytes
        var fixed: [UInt8] = []
        var taken = 0
        var document = DocumentFix(place: place, file: file, configuration: configuration)
        let settings = configuration.settings
        var stream = ManifestStream(
            ByteArraySource(bytes), largestPiece: settings.largestDocument,
            parser: ManifestStream.makeParser())
        // What cannot be read is reported by the scan itself.
        while let part = try? stream.next() {
            let piece = part.piece
            guard let text = document.fixed(part) else { continue }
            fixed += bytes[taken..<piece.offset]
            fixed += text
            taken = piece.offset + piece.bytes.count
        }
        self.fixed = fixed + bytes[taken...]
        changeCount = document.changeCount
        refusals = document.refusals
    }
}
