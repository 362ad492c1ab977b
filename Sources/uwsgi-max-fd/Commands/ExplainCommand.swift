import Admission
import ArgumentParser
import Manifests

/// What was found in one object, on what evidence, and what each policy would do about it.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what each policy would make of one Pod, workload or AdmissionReview.",
        discussion: """
            Reads JSON or YAML, from a file or from standard input:

              kubectl get pod lms-0 -o yaml | uwsgi-max-fd explain
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: ArgumentHelp("A manifest; standard input when it is - or missing.", valueName: "file"))
    var file: String?

    @Option(help: "How to write it: \(Output.allValueStrings.joined(separator: " or ")).")
    var output = Output.text

    @Option(help: ArgumentHelp("End with 1 if this policy would refuse the Pod.", valueName: "policy"))
    var policy: Policy?

    @OptionGroup var detection: DetectionOptions
    @OptionGroup var images: ImageOptions

    func run() throws {
        let input = InputFile(path: file)
        let inspection = try inspect(input)
        switch output {
        case .json:
            StandardStream.output.write(ExplanationJSON.rendered(inspection))
        case .text:
            var text = ExplanationText(
                inspection, style: TextStyle(isColoured: StandardStream.output.wantsColour))
            StandardStream.output.write(text.rendered())
        }
        if let policy, inspection.verdicts[policy]?.decision == .denied { throw ExitCode(1) }
    }

    private func inspect(_ input: InputFile) throws -> PolicyPreview {
        let documents: [ManifestReader.Document]
        do {
            documents = try ManifestReader.documents(in: input.read())
        } catch let error as ManifestError {
            throw CommandFailure("\(input.name): \(error)")
        }
        guard let document = documents.first, documents.count == 1 else {
            throw CommandFailure(
                "\(input.name): \(documents.count) documents, where one is expected: pick one of them")
        }
        do {
            return try PolicyPreview(
                of: document.value, settings: detection.settings(images: images.patterns))
        } catch {
            throw CommandFailure("\(input.name): line \(document.line): \(error)")
        }
    }
}

extension Policy: ExpressibleByArgument {}
