/// How placements become limits: what was measured counts, or else what the node hands out, or else what is assumed.
struct LimitResolution {
    /// What the node with a number hands out; `nil` where that is not known.
    private let limitOfNode: (Int) -> Int?
    /// `--node-limit`.
    let assumed: Int
    /// Above this a limit is not what the application set.
    let ceiling: Int
    /// What a Pod without a node meets; asked for once, as there may be as many findings as nodes.
    private let unplaced: Int?

    init(nodes: NodeInventory, assumed: Int, ceiling: Int) {
        self.init(assumed: assumed, ceiling: ceiling, unplaced: nodes.highestLimit) {
            nodes.limit(ofNode: $0)
        }
    }

    init(assumed: Int, ceiling: Int, unplaced: Int?, limitOfNode: @escaping (Int) -> Int?) {
        self.assumed = assumed
        self.ceiling = ceiling
        self.unplaced = unplaced
        self.limitOfNode = limitOfNode
    }

    func share(_ placement: Placement, pods: Int) -> LimitShare {
        if let measured = placement.measured {
            return LimitShare(limit: measured, source: .measured, pods: pods)
        }
        let limit = placement.node.map { limitOfNode($0) } ?? unplaced
        return LimitShare(limit: limit ?? assumed, source: limit == nil ? .assumed : .node, pods: pods)
    }

    /// The highest first.
    func shares(_ placements: [Placement: Int]) -> [LimitShare] {
        struct Key: Hashable {
            let limit: Int
            let source: LimitShare.Source
        }
        var shares: [Key: LimitShare] = [:]
        for (placement, pods) in placements {
            let share = share(placement, pods: pods)
            shares[Key(limit: share.limit, source: share.source), default: LimitShare(share, pods: 0)].pods +=
                pods
        }
        return shares.values.sorted { ($1.limit, $0.source.rank) < ($0.limit, $1.source.rank) }
    }

    /// Whether a low limit was measured that is not the node's own: something has set it, by whatever means.
    func provesMaxFD(_ placement: Placement) -> Bool {
        guard let measured = placement.measured, measured <= ceiling else { return false }
        guard let node = placement.node, let own = limitOfNode(node) else { return true }
        return measured != own
    }
}

extension LimitShare {
    fileprivate init(_ share: LimitShare, pods: Int) {
        self.init(limit: share.limit, source: share.source, pods: pods)
    }
}
