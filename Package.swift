// swift-tools-version: 6.2
import PackageDescription

/// Settings that every Swift target shares: the language's newest checks, and warnings as errors,
/// so that none can settle in.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// The fuzzers need a runtime of their own, so they are part of the package only where it is asked for: `Tests/Fuzz/run`
/// does, and adds the flags that instrument the sources.
let fuzzers: [Target] =
    Context.environment["FUZZ"] == nil
    ? []
    : [
        .target(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "Fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Tests/Fuzz/Fuzz",
            swiftSettings: strict,
            // gold fails on it.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
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
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]),

        // Pure: values in, values out
        .target(name: "Basics", swiftSettings: strict),
        .target(name: "JSON", dependencies: ["Basics", "CSimdJSON"], swiftSettings: strict),
        .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: strict),
        .target(name: "ShellSyntax", dependencies: ["Basics"], swiftSettings: strict),
        .target(name: "UWSGI", dependencies: ["Basics", "ShellSyntax", "YAML"], swiftSettings: strict),
        .target(name: "Catalogue", dependencies: ["Basics", "JSON", "UWSGI"], swiftSettings: strict),
        .target(
            name: "Admission", dependencies: ["Basics", "Catalogue", "JSON", "UWSGI"], swiftSettings: strict),

        .target(name: "Compression", dependencies: ["CZlib", "CZstd"], swiftSettings: strict),
        .target(
            name: "Images",
            dependencies: ["Basics", "Catalogue", "Compression", "JSON", "OpenSSLTLS", "UWSGI"],
            swiftSettings: strict),

        .target(
            name: "Nodes", dependencies: ["Basics", "JSON", "UWSGI"],
            resources: [.embedInCode("Facts/node-limits.json")], swiftSettings: strict),

        // The edges: files and clocks, TLS, network
        .target(name: "System", dependencies: ["Basics"], swiftSettings: strict),
        .target(
            name: "OpenSSLTLS",
            dependencies: [
                "Basics", "COpenSSL", "System",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Registries",
            dependencies: [
                "Basics", "Catalogue", "Images", "JSON", "OpenSSLTLS", "System",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "WebhookServer",
            dependencies: [
                "Admission", "Basics", "CMalloc", "Catalogue", "JSON", "OpenSSLTLS", "System", "UWSGI",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Manifests",
            dependencies: [
                "Admission", "Basics", "Catalogue", "Compression", "JSON", "Nodes", "UWSGI", "YAML",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "uwsgi-max-fd",
            dependencies: [
                "Admission", "Basics", "Catalogue", "Images", "JSON", "Manifests", "Nodes", "OpenSSLTLS",
                "Registries", "System", "UWSGI",
                "WebhookServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Benchmarks
        .target(name: "allocations", path: "Benchmarks/allocations"),
        .executableTarget(
            name: "microbenchmarks",
            dependencies: ["allocations", "Admission", "Catalogue", "JSON", "UWSGI"],
            path: "Benchmarks/micro", swiftSettings: strict),

        // Tests
        .target(name: "CProcess", path: "Tests/CProcess"),
        .target(
            name: "TestSupport", dependencies: ["CProcess"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "TestServerSupport",
            dependencies: [
                "OpenSSLTLS", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestServerSupport",
            swiftSettings: strict),
        .testTarget(
            name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"], swiftSettings: strict),
        .testTarget(
            name: "SystemTests", dependencies: ["Basics", "System", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: strict),
        .testTarget(
            name: "CompressionTests", dependencies: ["Compression", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ShellSyntaxTests", dependencies: ["ShellSyntax", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "UWSGITests", dependencies: ["Catalogue", "UWSGI", "TestSupport"], swiftSettings: strict),
        // Random scripts run by real shells, and recorded launches, held against detection; see Tests/Soundness/README.md.
        .target(
            name: "Soundness", dependencies: ["TestSupport", "UWSGI"], path: "Tests/Soundness/Library",
            swiftSettings: strict),
        .executableTarget(
            name: "soundness", dependencies: ["Soundness"],
            path: "Tests/Soundness/Command",
            swiftSettings: strict),
        .testTarget(
            name: "SoundnessTests",
            dependencies: ["Soundness", "UWSGI"],
            path: "Tests/Soundness/Tests",
            swiftSettings: strict),
        .testTarget(
            name: "NodesTests", dependencies: ["Basics", "Nodes", "JSON", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CatalogueTests", dependencies: ["Catalogue", "JSON", "UWSGI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ImagesTests", dependencies: ["Catalogue", "Images", "OpenSSLTLS", "UWSGI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RegistriesTests",
            dependencies: [
                "Basics", "Catalogue", "Images", "OpenSSLTLS", "Registries", "TestServerSupport",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdmissionTests",
            dependencies: ["Admission", "Basics", "Catalogue", "JSON", "UWSGI", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "OpenSSLTLSTests",
            dependencies: [
                "OpenSSLTLS", "System", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebhookServerTests",
            dependencies: [
                "Admission", "Basics", "Catalogue", "JSON", "OpenSSLTLS", "System", "TestServerSupport",
                "TestSupport", "UWSGI",
                "WebhookServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // What is fuzzed, and what has to hold; see Tests/Fuzz/README.md. The test feeds each with its corpus once.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Admission", "Basics", "Catalogue", "Compression", "Images", "JSON", "Manifests",
                "OpenSSLTLS", "Registries",
                "TestSupport",
                "UWSGI",
                "WebhookServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzz/FuzzTargets",
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ManifestsTests", dependencies: ["Manifests", "Nodes", "TestSupport"], swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "uwsgi-max-fd", "OpenSSLTLS", "TestServerSupport", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ] + fuzzers,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
