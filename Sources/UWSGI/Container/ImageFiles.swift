/// Which files of its image a container leads to.
extension ContainerSpecification {
    /// The files of its image that may say more of what it starts, and that nobody has looked for.
    ///
    /// A program that is named without a folder is looked for along `PATH`, in every folder of it: such a guess is not
    /// reason enough to read an image once more.
    /// - Parameter unread: what detection has found nothing of: ``Detection/unreadPaths``.
    public func unreadImageFiles(among unread: [String]) -> [String] {
        guard !unread.isEmpty else { return [] }
        let folders = searchFolders
        return unread.filter { path in
            guard !mounts.contains(where: { $0.covers(path) }) else { return false }
            return !folders.contains(path.parentFolder) || names(path)
        }
    }

    /// Whether a path stands in what the container, or its image, starts; the files that these lead to are not looked at.
    public func names(_ path: String) -> Bool {
        for list in ArgumentLocation.List.allCases {
            if entries(of: list).contains(where: { $0.includes(path) }) { return true }
        }
        return false
    }

    /// The folders in which a program is looked for that is named without one, as far as they are known beforehand.
    public var searchFolders: Set<String> {
        let own = environment.last { $0.name == "PATH" }?.value
        guard case .literal(let path)? = own ?? imageConfiguration?.variable("PATH"), !path.isEmpty else {
            return Set(LaunchTracer.usualPath.split(separator: ":").map(String.init))
        }
        return Set(path.split(separator: ":").map(String.init))
    }
}
