import Basics
import Catalogue
import UWSGI

/// What a catalogue knows of one image, for a person.
public enum CatalogueEntryText {
    /// - Parameter catalogue: the one that holds the entry.
    public static func rendered(_ entry: CatalogueEntry, in catalogue: ImageCatalogue) -> String {
        var lines = ["image       \(entry.digest)"]
        for digest in entry.digests.sorted() { lines.append("also        \(digest)") }
        for reference in entry.references.sorted() { lines.append("tag         \(reference)") }
        lines.append("platform    \(entry.platform)")
        lines.append("read        \(entry.read)")
        lines.append("entrypoint  \(words(entry.entrypoint))")
        lines.append("cmd         \(words(entry.cmd))")
        if !entry.workingDirectory.isEmpty {
            lines.append("workdir     \(ShellQuoting.shown(entry.workingDirectory))")
        }
        for file in entry.files {
            lines.append("file        \(ShellQuoting.shown(file.path)) (\(file.text.utf8.count) bytes)")
        }
        for omission in entry.omitted {
            lines.append("not kept    \(ShellQuoting.shown(omission.path)): \(omission.reason)")
        }
        let name = "image@\(entry.digest)"
        let configuration = catalogue.configuration(ofImage: name).configuration
        let detection = Detector().detect(
            ContainerSpecification(image: name, imageConfiguration: configuration))
        lines.append("starts      \(description(of: detection))")
        return lines.map { PrintableText.of($0) + "\n" }.joined()
    }

    private static func words(_ words: [String]) -> String {
        words.isEmpty ? "none" : words.map { ShellQuoting.shown($0) }.joined(separator: " ")
    }

    private static func description(of detection: Detection) -> String {
        guard let certainty = detection.certainty else { return "no uWSGI, as far as can be seen" }
        let evidence = detection.evidence.filter { !$0.hasPrefix("image sha256:") }.joined(separator: ", ")
        var text = "uWSGI (\(certainty.rawValue): \(evidence)), max-fd \(detection.maxFD.state.rawValue)"
        if let value = detection.maxFD.value { text += " \(value)" }
        if let source = detection.maxFD.source { text += " by \(source)" }
        return text
    }
}
