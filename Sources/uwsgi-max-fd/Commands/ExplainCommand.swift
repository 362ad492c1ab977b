import Admission
import ArgumentParser
import Manifests

import Glibc

/// What was found in one object, on what evidence, and what each policy would do about it.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what each policy would make of one Pod, workload or AdmissionReview.",
        discussion: """
            Reads JSON or YAML, from a file or from standard input:

              kubectl get pod lms-0 -o yaml | uwsgi-max-fd explain

            An object with several Pod templates, an Argo Workflow for instance, is explained template by template.
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
    @OptionGroup var reading: ReadImagesOptions

    func run() throws {
        let input = InputFile(path: file)
        if input.isStandardInput, isatty(STDIN_FILENO) == 1 {
            StandardStream.error.write(
                "uwsgi-max-fd: waiting for a manifest on standard input; end it with Ctrl-D, or name a file\n"
            )
        }
        let previews = try previews(of: input)
        for (index, preview) in previews.enumerated() {
            switch output {
            case .json:
                StandardStream.output.write(ExplanationJSON.rendered(preview))
            case .text:
                if index > 0 { StandardStream.output.write("\n") }
                var text = ExplanationText(preview, style: StandardStream.output.style)
                StandardStream.output.write(text.rendered())
            }
        }
        if let policy, previews.contains(where: { $0.verdicts[policy]?.decision == .denied }) {
            throw ExitCode(1)
        }
    }

    private func previews(of input: InputFile) throws -> [PolicyPreview] {
        let catalogue = try reading.store(images.store(), manifests: [file ?? "-"])
        let settings = detection.settings(images: images.patterns, catalogue: catalogue)
        let result: (previews: [PolicyPreview], notes: [ManifestError])
        do {
            result = try Explanation.previews(in: input.read(), settings: settings)
        } catch let error as ManifestError {
            throw CommandFailure(message(error, input))
        }
        for note in result.notes {
            StandardStream.error.write("uwsgi-max-fd: note: \(message(note, input))\n")
        }
        return result.previews
    }

    private func message(_ error: ManifestError, _ input: InputFile) -> String {
        ScanProblem(file: input.name, line: error.line, reason: error.reason).message
    }
}

extension Policy: ExpressibleByArgument {}
