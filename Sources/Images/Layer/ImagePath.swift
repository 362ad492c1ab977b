/// Paths inside an image.
enum ImagePath {
    /// The longest path that is followed (`PATH_MAX`, Linux), in bytes.
    static let longest = 4096

    /// A path from the image's root, without `.`, `..`, doubled and trailing slashes: as a layer's names and links are.
    /// - Returns: `/` for the root itself.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The most links that are followed (`MAXSYMLINKS`, Linux, `include/linux/namei.h`).
    private static let mostLinks = 40

    /// Follows the symbolic links in a path.
    /// - Parameter links: where the links lead, by their paths.
    /// - Returns: `nil` when they lead in circles.
    static func resolved(_ path: String, links: [String: String]) -> String? {
        guard path.utf8.count <= longest else { return nil }
        // The next part is the last.
        var rest = Array(path.split(separator: "/").map(String.init).reversed())
        var current = ""
        var followed = 0
        while let part = rest.popLast() {
            if part == "." { continue }
            if part == ".." {
                current = current.isEmpty || parent(current) == "/" ? "" : parent(current)
                continue
            }
            let next = "\(current)/\(part)"
            guard let target = links[next] else {
                current = next
                continue
            }
            followed += 1
            guard followed <= mostLinks, target.utf8.count <= longest else { return nil }
            if target.hasPrefix("/") { current = "" }
            rest += target.split(separator: "/").map(String.init).reversed()
        }
        return current.isEmpty ? "/" : current
    }
}
