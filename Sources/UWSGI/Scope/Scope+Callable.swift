/// Functions and aliases, by each way one.
extension Scope.Callable {
    func isSame(as other: Scope.Callable) -> Bool {
        functions.elementsEqual(other.functions) { $0 === $1 } && aliases == other.aliases
            && mayBeMissing == other.mayBeMissing && isExported == other.isExported
    }

    static func join(_ a: Scope.Callable?, _ b: Scope.Callable?) -> Scope.Callable? {
        guard var joined = a ?? b else { return nil }
        guard let a, let b else {
            joined.mayBeMissing = true
            return joined
        }
        joined.functions += b.functions.filter { function in !a.functions.contains { $0 === function } }
        joined.aliases += b.aliases.filter { !a.aliases.contains($0) }
        joined.mayBeMissing = a.mayBeMissing || b.mayBeMissing
        joined.isHashed = a.isHashed || b.isHashed
        joined.isExported = a.isExported || b.isExported
        return joined
    }
}
