import Synchronization

/// How many of OpenSSL's large objects are alive, so that a test can see a leak.
enum LiveObjects {
    private static let liveContexts = Atomic<Int>(0)
    private static let liveConnections = Atomic<Int>(0)

    static var contexts: Int { liveContexts.load(ordering: .relaxed) }
    static var connections: Int { liveConnections.load(ordering: .relaxed) }

    static func contextMade() { liveContexts.wrappingAdd(1, ordering: .relaxed) }
    static func contextFreed() { liveContexts.wrappingSubtract(1, ordering: .relaxed) }
    static func connectionMade() { liveConnections.wrappingAdd(1, ordering: .relaxed) }
    static func connectionFreed() { liveConnections.wrappingSubtract(1, ordering: .relaxed) }
}
