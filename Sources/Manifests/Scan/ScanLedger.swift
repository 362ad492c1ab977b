import Admission
import UWSGI

/// Folds what comes of one object into one finding: a Deployment's ReplicaSets and Pods, a CronJob's Jobs and their
/// Pods. It keeps one record for each container of each such object, however many Pods there are.
struct ScanLedger {
    /// One container of one object, and of what comes of that object.
    private struct Tally {
        /// From the object itself, or else from the first object with a template that comes of it.
        var template: ScanRecord?
        /// The first Pod without an effective max-fd, and the first with one.
        var podWithoutMaxFD: ScanRecord?
        var podWithMaxFD: ScanRecord?
        var podsSeen = 0
        /// Where the Pods without an effective max-fd run; whether one was measured to have it is seen at the end.
        var placements: [Placement: Int] = [:]
        var contradiction: Contradiction?
        var folded: [String: Int] = [:]

        mutating func add(_ other: Tally) {
            template = template ?? other.template
            podWithoutMaxFD = podWithoutMaxFD ?? other.podWithoutMaxFD
            podWithMaxFD = podWithMaxFD ?? other.podWithMaxFD
            podsSeen += other.podsSeen
            placements.merge(other.placements, uniquingKeysWith: +)
            if let more = other.contradiction { contradiction = contradiction?.adding(more) ?? more }
            folded.merge(other.folded, uniquingKeysWith: +)
        }
    }

    /// Pods whose limit in force is not what their specification says.
    private struct Contradiction {
        let record: ScanRecord
        var pods: Int
        var limit: Int

        func adding(_ other: Contradiction) -> Contradiction {
            Contradiction(record: record, pods: pods + other.pods, limit: max(limit, other.limit))
        }
    }

    private struct Key: Hashable {
        let object: ObjectReference
        let container: String
        let role: PodContainer.Role
    }

    /// Objects that nobody owns, each for itself: two files may hold two objects of one name.
    private var roots: [(key: Key, tally: Tally)] = []
    /// What is owned, by its owner.
    private var owned: [Key: Tally] = [:]
    private var owners: [ObjectReference: ObjectReference] = [:]
    /// The objects with a Pod template that were in the input.
    private var templates: Set<ObjectReference> = []
    /// What has been counted: kubectl prints an object twice when asked for it in two ways.
    private var seen: Set<ObjectUID> = []

    /// Remembers who owns an object. Pods are not remembered: nothing is owned by them.
    mutating func note(_ object: ScannedObject, hasTemplate: Bool) {
        guard !object.isPod else { return }
        if let owner = object.owner { owners[object.reference] = owner }
        if hasTemplate { templates.insert(object.reference) }
    }

    /// Whether an object has been counted already; it has been from now on.
    mutating func isKnown(_ object: ScannedObject) -> Bool {
        guard let uid = object.uid else { return false }
        return !seen.insert(uid).inserted
    }

    /// Counts a container that runs uWSGI.
    /// - Parameters:
    ///   - standing: what is known of it.
    ///   - times: how many such objects there are.
    ///   - record: makes the record, if one is needed.
    mutating func count(
        _ container: PodContainer, of object: ScannedObject, _ standing: ContainerStanding, times: Int = 1,
        record: () -> ScanRecord
    ) {
        let key = Key(
            object: object.owner.flatMap { isFolded(object) ? $0 : nil } ?? object.reference,
            container: container.name, role: container.role)
        guard key.object != object.reference else {
            var tally = Tally()
            Self.count(object, standing, times: times, in: &tally, record: record)
            tally.folded = [:]
            roots.append((key, tally))
            return
        }
        Self.count(object, standing, times: times, in: &owned[key, default: Tally()], record: record)
    }

    private func isFolded(_ object: ScannedObject) -> Bool {
        Workload(kind: object.reference.kind, apiVersion: object.apiVersion)?.isMadeByOthers == true
            || object.reference.kind == "Workflow"
    }

    private static func count(
        _ object: ScannedObject, _ standing: ContainerStanding, times: Int, in tally: inout Tally,
        record: () -> ScanRecord
    ) {
        tally.folded[object.reference.kind, default: 0] += times
        guard object.isPod else {
            tally.template = tally.template ?? record()
            return
        }
        tally.podsSeen += times
        if standing.lacksMaxFD {
            tally.podWithoutMaxFD = tally.podWithoutMaxFD ?? record()
            tally.placements[standing.placement, default: 0] += times
        } else {
            tally.podWithMaxFD = tally.podWithMaxFD ?? record()
        }
        if let limit = standing.contradictingLimit {
            let own = Contradiction(
                record: tally.contradiction?.record ?? record(), pods: times, limit: limit)
            tally.contradiction = tally.contradiction?.adding(own) ?? own
        }
    }

    // MARK: - The end

    /// What a scan found, folded.
    struct Outcome {
        var findings: [ScanFinding] = []
        /// Everything else that runs uWSGI.
        var others: [ScanFinding] = []
        var contradictions: [ScanContradiction] = []
    }

    /// Folds all and separates the findings from the rest.
    func outcome(settings: ScanSettings, nodes: NodeInventory) -> Outcome {
        let resolution = LimitResolution(
            nodes: nodes, assumed: settings.nodeLimit, ceiling: settings.admission.detector.ceiling)
        var outcome = Outcome()
        let tallies = foldedTallies()
        outcome.findings.reserveCapacity(tallies.count)
        for (key, tally) in tallies {
            let lacking = PodsWithoutMaxFD(tally.placements, resolution, policy: settings.policy)
            if let record = recordWithoutMaxFD(of: tally, lacking, settings.policy) {
                outcome.findings.append(finding(record, key, tally, lacking, lacksMaxFD: true, resolution))
            } else if let record = tally.template ?? tally.podWithMaxFD ?? tally.podWithoutMaxFD {
                outcome.others.append(finding(record, key, tally, lacking, lacksMaxFD: false, resolution))
            }
            if let contradiction = tally.contradiction {
                outcome.contradictions.append(Self.contradiction(contradiction, key))
            }
        }
        outcome.findings.sort(by: Self.isOrdered)
        outcome.others.sort(by: Self.isOrdered)
        outcome.contradictions.sort { $0.qualifiedName < $1.qualifiedName }
        return outcome
    }

    /// The Pods of a tally whose specification has no effective max-fd, by what was measured of them.
    private struct PodsWithoutMaxFD {
        var placements: [Placement: Int]
        var count: Int
        /// How many were measured to have one all the same. To a policy, which sees the specification, that is nothing.
        var proven: Int

        init(_ placements: [Placement: Int], _ resolution: LimitResolution, policy: Policy?) {
            self.placements = placements.filter { policy != nil || !resolution.provesMaxFD($0.key) }
            count = self.placements.values.reduce(0, +)
            proven = placements.values.reduce(0, +) - count
        }
    }

    private static func contradiction(_ found: Contradiction, _ key: Key) -> ScanContradiction {
        let maxFD = found.record.detection.maxFD
        let source = maxFD.source.map { " (\($0))" } ?? ""
        let claim =
            maxFD.state == .hidden ? "max-fd comes by reference\(source)" : "max-fd is set\(source)"
        return ScanContradiction(
            namespace: key.object.namespace, kind: key.object.kind, name: key.object.name,
            container: key.container, pods: found.pods, limit: found.limit, place: found.record.place,
            claim: claim)
    }

    private func foldedTallies() -> [(key: Key, tally: Tally)] {
        var result = roots
        var places: [Key: Int] = [:]
        for (index, root) in roots.enumerated() where places[root.key] == nil { places[root.key] = index }
        for (key, tally) in owned.sorted(by: { Self.isOrdered($0.key, $1.key) }) {
            let root = Key(object: self.root(of: key.object), container: key.container, role: key.role)
            if let place = places[root] {
                result[place].tally.add(tally)
            } else {
                places[root] = result.count
                result.append((root, tally))
            }
        }
        return result
    }

    /// The object that a finding is reported for: the topmost owner that was in the input with a Pod template; or else
    /// the last one that a ReplicaSet or a Job leads to.
    private func root(of object: ObjectReference) -> ObjectReference {
        var best = object
        var current = object
        // Owners of owners are few; owners in a circle come from no cluster.
        for _ in 0..<8 {
            guard let next = owners[current] else { break }
            let isNamed =
                current == best && Workload(kind: current.kind, apiVersion: "")?.isMadeByOthers == true
            if isNamed || templates.contains(next) { best = next }
            current = next
        }
        return best
    }

    /// What makes it a finding, if anything does. A template whose Pods were all in the input and all have a max-fd
    /// is one only for the policy that would refuse its next Pod: a webhook has added it.
    private func recordWithoutMaxFD(of tally: Tally, _ lacking: PodsWithoutMaxFD, _ policy: Policy?)
        -> ScanRecord?
    {
        let template = tally.template.flatMap { $0.lacksMaxFD ? $0 : nil }
        let isCured = tally.podsSeen > 0 && lacking.count == 0
        guard let record = isCured && policy != .strict ? nil : template ?? tally.podWithoutMaxFD else {
            return nil
        }
        return isConcerned(record, by: policy) ? record : nil
    }

    private func isConcerned(_ record: ScanRecord, by policy: Policy?) -> Bool {
        guard let policy else { return true }
        // The chart's webhooks for strict do not honour the label, the others do.
        if record.isMirror || record.isSkipped && policy != .strict { return false }
        switch (policy, record.actions[policy]) {
        case (_, .deny), (_, .warn), (_, .add), (_, .replace): return true
        // What mutate keeps although it is wrong, nothing but its author can mend.
        case (.mutate, .keep): return true
        default: return false
        }
    }

    private func finding(
        _ record: ScanRecord, _ key: Key, _ tally: Tally, _ lacking: PodsWithoutMaxFD, lacksMaxFD: Bool,
        _ resolution: LimitResolution
    ) -> ScanFinding {
        let count = lacksMaxFD ? lacking.count : tally.podsSeen
        let pods = tally.podsSeen > 0 ? PodCount(count) : tally.template?.pods ?? PodCount(count)
        let placements = lacksMaxFD && tally.podsSeen > 0 ? lacking.placements : [.unknown: pods.number]
        let limits = resolution.shares(placements)
        return ScanFinding(
            namespace: key.object.namespace, kind: key.object.kind, name: key.object.name,
            apiVersion: record.object == key.object ? record.apiVersion : "",
            isInInput: record.object == key.object || templates.contains(key.object),
            container: record.container, isPlacedInObject: record.object == key.object,
            detection: record.detection, explanation: record.explanation,
            actions: record.actions, pods: pods.number, podsAreEstimated: pods.isEstimate,
            provenPods: lacking.proven,
            folded: tally.folded.sorted { $0.key < $1.key }.map { (kind: $0.key, count: $0.value) },
            limits: limits,
            memory: MemoryAtStake(of: record.detection, limits: limits, podsAreEstimated: pods.isEstimate),
            place: record.place, holder: record.holder, change: record.change, unreadFiles: record.unreadFiles
        )
    }

    private static func isOrdered(_ first: Key, _ second: Key) -> Bool {
        (first.object.namespace, first.object.kind, first.object.name, first.container)
            < (second.object.namespace, second.object.kind, second.object.name, second.container)
    }

    private static func isOrdered(_ first: ScanFinding, _ second: ScanFinding) -> Bool {
        // What takes no memory comes last.
        guard (first.hasRouter == false) == (second.hasRouter == false) else {
            return second.hasRouter == false
        }
        let one = (first.namespace, first.kind, first.name, first.place.file, first.place.line)
        let other = (second.namespace, second.kind, second.name, second.place.file, second.place.line)
        return one == other ? first.container.name < second.container.name : one < other
    }
}
