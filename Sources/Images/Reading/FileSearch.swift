import Catalogue
import UWSGI

/// Looks for files in an image's layers, reading them as often as new ones are asked for.
struct FileSearch {
    static let absent = "not in the image"
    static let onlyConfiguration = "only the configuration was read"
    /// The most paths that are looked for.
    private static let mostPaths = 1024
    private static let tooMany = "more than \(CatalogueEntry.mostFiles) files are named"

    private let layers: [StoredImage.Layer]?
    /// For Zstandard, in bytes.
    private let largestWindow: Int
    /// What was asked for, and what came of it.
    private(set) var answers: [String: LayeredFiles.File] = [:]
    /// Of the image, once its layers have been read.
    private var links: [String: String]?
    /// By the paths that links lead to.
    private var files: [String: LayeredFiles.File] = [:]
    /// What is in those that are folders.
    private var folders: [String: [String]] = [:]
    /// What was found in folders, and is to be looked for next.
    private var found: [String] = []

    init(_ image: StoredImage, largestWindow: Int) {
        layers = image.layers
        self.largestWindow = largestWindow
    }

    /// What was found so far, by the paths that were asked for.
    var known: KnownFiles {
        var known = KnownFiles()
        for (path, file) in answers {
            switch file {
            case .text(let text): known[path] = .text(text)
            case .omitted: known.noteWithoutText(path)
            }
        }
        return known
    }

    /// Takes over what was found in the same image before.
    mutating func take(_ entry: CatalogueEntry) {
        for file in entry.files { answers[file.path] = .text(file.text) }
        // Where there are layers now, they may hold what a configuration alone could not tell.
        for omission in entry.omitted where layers == nil || omission.reason != Self.onlyConfiguration {
            answers[omission.path] = .omitted(omission.reason)
        }
    }

    /// Looks for files.
    /// - Parameters:
    ///   - paths: absolute; those that were asked for before are left out. What was found in folders is asked for too.
    ///   - step: told how many bytes of layers were read.
    /// - Returns: whether there is anything that was not known before.
    mutating func ask(for paths: [String], step: (Int) -> Void) throws -> Bool {
        var fresh: [String] = []
        var seen: Set<String> = []
        for path in found + paths where path.hasPrefix("/") && path.utf8.count <= ImagePath.longest {
            guard answers[path] == nil, seen.insert(path).inserted else { continue }
            guard answers.count + fresh.count < Self.mostPaths else { break }
            fresh.append(path)
        }
        found = []
        guard !fresh.isEmpty else { return false }
        guard let layers else {
            for path in fresh { answers[path] = .omitted(Self.onlyConfiguration) }
            return false
        }
        try find(fresh, in: layers, step: step)
        for path in fresh { answers[path] = answer(path) }
        return true
    }

    /// Reads until every path has led, link by link, to a file that was looked for.
    private mutating func find(
        _ paths: [String], in layers: [StoredImage.Layer], step: (Int) -> Void
    ) throws {
        // A path that leads over links needs a second reading; the hard links among them may need a few more.
        for _ in 0..<8 {
            let targets = paths.compactMap { ImagePath.resolved($0, links: links ?? [:]) }
            let missing = Set(targets.filter { files[$0] == nil })
            guard !missing.isEmpty else { return }
            let found = try read(missing, in: layers, step: step)
            var all = links ?? [:]
            all.merge(found.links) { $1 }
            links = all
            for path in missing where found.links[path] == nil {
                folders[path] = found.names(in: path)
                files[path] = found.files[path] ?? .omitted(folders[path] == nil ? Self.absent : "a folder")
            }
        }
    }

    private mutating func answer(_ path: String) -> LayeredFiles.File {
        guard let target = ImagePath.resolved(path, links: links ?? [:]) else {
            return .omitted("symbolic links that lead in circles")
        }
        found += (folders[target] ?? []).map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        let file = files[target] ?? .omitted(Self.absent)
        guard case .text = file else { return file }
        let texts = answers.values.count { if case .text = $0 { true } else { false } }
        return texts < CatalogueEntry.mostFiles ? file : .omitted(Self.tooMany)
    }

    private func read(
        _ wanted: Set<String>, in layers: [StoredImage.Layer], step: (Int) -> Void
    ) throws -> LayeredFiles {
        var files = LayeredFiles(wanted: wanted, largestFile: CatalogueEntry.largestFile)
        for layer in layers {
            do {
                try apply(layer, to: &files, step: step)
            } catch let error as ImageError {
                throw error
            } catch {
                throw ImageError("\(layer.name): \(error)")
            }
        }
        return files
    }

    private func apply(
        _ layer: StoredImage.Layer, to files: inout LayeredFiles, step: (Int) -> Void
    ) throws {
        let (stream, size) = try layer.open()
        let counted = CountedStream(stream)
        let source: ByteStream = { try counted.nextChunk() }
        defer { step(counted.bytes) }
        if layer.isDigestOfContent {
            let content = try CompressedFormat.content(of: source, size: size, largestWindow: largestWindow)
            let verified = try VerifiedStream(content, expected: layer.digest, name: layer.name)
            var reader = TarReader { try verified.nextChunk() }
            try files.apply(&reader)
            try verified.drain()
        } else {
            let verified = try VerifiedStream(source, expected: layer.digest, name: layer.name)
            let content = try CompressedFormat.content(
                of: { try verified.nextChunk() }, size: size, largestWindow: largestWindow)
            var reader = TarReader(source: content)
            try files.apply(&reader)
            try verified.drain()
        }
    }
}

/// Counts the bytes that pass.
private final class CountedStream {
    private let source: ByteStream
    private(set) var bytes = 0

    init(_ source: @escaping ByteStream) { self.source = source }

    func nextChunk() throws -> [UInt8] {
        let chunk = try source()
        bytes += chunk.count
        return chunk
    }
}
