/// What is fuzzed, by the names that `Tests/Fuzz/run` takes.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case shell
    case commandLine = "command-line"
    case configuration, detection, bypass, tls, http, review
    case imageReference = "image-reference"
    case imageManifest = "image-manifest"
    case tar, compression, manifests, joins, fix, limits
    case startFiles = "start-files"
    case challenge, credentials

    /// Feeds one input to the product.
    /// - Throws: ``BrokenPromise`` when something does not hold that has to hold whatever the input is.
    package func run(_ input: [UInt8]) throws {
        switch self {
        case .shell: try fuzzShell(input)
        case .commandLine: try fuzzCommandLine(input)
        case .configuration: try fuzzConfiguration(input)
        case .detection: try fuzzDetection(input)
        case .bypass: try fuzzBypass(input)
        case .tls: try fuzzTLS(input)
        case .http: try fuzzHTTP(input)
        case .review: try fuzzReview(input)
        case .imageReference: try fuzzImageReference(input)
        case .imageManifest: try fuzzImageManifest(input)
        case .tar: try fuzzTar(input)
        case .compression: try fuzzCompression(input)
        case .manifests: try fuzzManifests(input)
        case .joins: try fuzzJoins(input)
        case .fix: try fuzzFix(input)
        case .limits: try fuzzLimits(input)
        case .startFiles: try fuzzStartFiles(input)
        case .challenge: try fuzzChallenge(input)
        case .credentials: try fuzzCredentials(input)
        }
    }
}
