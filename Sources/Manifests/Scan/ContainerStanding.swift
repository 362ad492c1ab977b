import Admission
import UWSGI

/// What is known of one container that runs uWSGI.
struct ContainerStanding {
    /// Whether its specification gives it no effective max-fd.
    let lacksMaxFD: Bool
    let placement: Placement
    /// The limit in force where the specification promises a lower one.
    let contradictingLimit: Int?

    init(_ maxFD: MaxFD, lacksMaxFD: Bool, placement: Placement, ceiling: Int) {
        self.lacksMaxFD = lacksMaxFD
        // With a max-fd that ends uWSGI at its start, what was measured says nothing of uWSGI.
        self.placement = maxFD.isEverInForce ? placement : Placement(node: placement.node, measured: nil)
        contradictingLimit = lacksMaxFD ? nil : placement.measured.flatMap { $0 > ceiling ? $0 : nil }
    }
}

extension MaxFD {
    /// Whether uWSGI comes to serve with it, so that a limit can be in force in it.
    var isEverInForce: Bool {
        switch state {
        case .harmful: false
        // One that a variable cannot mend may be missing, or be a number that is harmful.
        case .incurable:
            number.map { $0 == 0 || (AdmissionSettings.smallestMaxFD...Int(Int32.max)).contains($0) } ?? true
        default: true
        }
    }
}
