// swift-tools-version: 6.2
import PackageDescription

/// Settings that every Swift target shares: the language's newest checks, and warnings as errors,
/// so that none can settle in.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "uwsgi-max-fd-webhook",
    products: [
        .executable(name: "uwsgi-max-fd", targets: ["uwsgi-max-fd"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(
            name: "CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]),

        // Pure: values in, values out
        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: strict),
        .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: strict),
        .target(name: "UWSGI", dependencies: ["YAML"], swiftSettings: strict),
        .target(name: "Admission", dependencies: ["JSON", "UWSGI"], swiftSettings: strict),

        // The edges: TLS, network, files
        .target(
            name: "OpenSSLTLS",
            dependencies: [
                "COpenSSL",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "WebhookServer",
            dependencies: [
                "Admission", "JSON", "OpenSSLTLS", "UWSGI",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Manifests",
            dependencies: ["Admission", "JSON", "UWSGI", "YAML"],
            swiftSettings: strict),
        .executableTarget(
            name: "uwsgi-max-fd",
            dependencies: [
                "Admission", "JSON", "Manifests", "OpenSSLTLS", "UWSGI", "WebhookServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Benchmarks
        .target(name: "allocations", path: "Benchmarks/allocations"),
        .executableTarget(
            name: "microbenchmarks", dependencies: ["allocations", "Admission", "JSON", "UWSGI"],
            path: "Benchmarks/micro", swiftSettings: strict),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "OpenSSLTLS",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: strict),
        .testTarget(name: "UWSGITests", dependencies: ["UWSGI"], swiftSettings: strict),
        .testTarget(
            name: "AdmissionTests", dependencies: ["Admission", "JSON", "UWSGI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "OpenSSLTLSTests",
            dependencies: [
                "OpenSSLTLS",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebhookServerTests",
            dependencies: [
                "Admission", "JSON", "OpenSSLTLS", "TestSupport", "UWSGI", "WebhookServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // The fuzzers' targets, fed with their corpora once; see Tests/Fuzz/README.md.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Admission", "JSON", "OpenSSLTLS", "TestSupport", "UWSGI", "WebhookServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/Sources/FuzzTargets",
            swiftSettings: strict),
        .testTarget(
            name: "ManifestsTests", dependencies: ["Manifests", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "uwsgi-max-fd", "OpenSSLTLS", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
