/// What would go wrong by what stands in files, in whole sentences. Places are named, and nothing that stands there:
/// a file may be a Secret's.
enum Hazards {
    static func ofFiles(_ reading: MergedConfiguration.Reading, limitIsInForce: Bool) -> [String] {
        var sentences: [String] = []
        if let failure = reading.options.failures.first(where: \.isCertain) {
            sentences.append(
                "uWSGI exits while it reads its options" + place(failure.origin, before: ", at ") + ".")
        }
        guard !limitIsInForce else { return sentences }
        let hazards = ([reading.summary] + reading.vassals).flatMap(\.hazards)
        if let cron = hazards.first(where: { $0.kind == .cron })?.option {
            sentences.append(
                "--\(cron.name)\(place(cron.origin, before: " at ")): each run closes every descriptor up to the "
                    + "node's limit first.")
        }
        if let daemon = hazards.first(where: { $0.kind == .daemon })?.option {
            sentences.append(
                "--\(daemon.name)\(place(daemon.origin, before: " at ")): each start closes every descriptor up to "
                    + "the node's limit first.")
        }
        return sentences
    }

    private static func place(_ origin: OptionOrigin, before: String) -> String {
        guard case .file(let path, let line) = origin else { return "" }
        return before + Evidence.place(FilePlace(path: path, line: line))
    }
}
