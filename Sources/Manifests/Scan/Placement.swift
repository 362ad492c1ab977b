/// What is known of the limit of one container in a Pod: where the Pod runs, and what was measured there.
struct Placement: Hashable {
    /// The number of the Pod's node in ``NodeInventory``; `nil` where the Pod has none.
    var node: Int?
    /// The limit in force, in file descriptors; `nil` where it was not measured.
    var measured: Int?

    static let unknown = Placement(node: nil, measured: nil)
}
