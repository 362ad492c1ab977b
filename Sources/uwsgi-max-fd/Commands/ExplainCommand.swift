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

            With --cluster it also says which path the Pod takes in which namespace, and why. The file holds the cluster's \
            namespaces, mutatingwebhookconfigurations and validatingwebhookconfigurations, as kubectl get -o json prints them.
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

    @Option(
        help: ArgumentHelp(
            "Namespaces and webhook configurations, as kubectl prints them; - is standard input.",
            valueName: "file"))
    var cluster: String?

    @OptionGroup var detection: DetectionOptions
    @OptionGroup var images: ImageOptions
    @OptionGroup var reading: ReadImagesOptions

    func run() throws {
        let input = InputFile(path: file)
        let view = try clusterView(beside: input)
        if input.isStandardInput, isatty(STDIN_FILENO) == 1 {
            StandardStream.error.write(
                "uwsgi-max-fd: waiting for a manifest on standard input; end it with Ctrl-D, or name a file\n"
            )
        }
        let explanations = try explanations(of: input)
        for (index, explanation) in explanations.enumerated() {
            let preview = explanation.preview
            let paths = view.flatMap { view in
                explanation.pod.map { ClusterPaths(of: $0, namespace: preview.namespace, in: view) }
            }
            switch output {
            case .json:
                StandardStream.output.write(ExplanationJSON.rendered(preview, paths: paths))
            case .text:
                if index > 0 { StandardStream.output.write("\n") }
                var text = ExplanationText(preview, style: StandardStream.output.style)
                StandardStream.output.write(text.rendered())
                if let paths {
                    StandardStream.output.write(paths.rendered(style: StandardStream.output.style))
                }
            }
        }
        if let policy, explanations.contains(where: { $0.preview.verdict(policy)?.decision == .denied }) {
            throw ExitCode(1)
        }
    }

    private func clusterView(beside input: InputFile) throws -> ClusterView? {
        guard let cluster else { return nil }
        let file = InputFile(path: cluster)
        guard !file.isStandardInput || !input.isStandardInput else {
            throw CommandFailure(
                "--cluster and the manifest cannot both be standard input: name a file for one")
        }
        do {
            return try ClusterView(reading: file.read())
        } catch let error as ManifestError {
            throw CommandFailure(message(error, file))
        }
    }

    private func explanations(of input: InputFile) throws -> [Explanation] {
        let catalogue = try reading.store(images.store(), manifests: [file ?? "-"])
        let settings = detection.settings(images: images.patterns, catalogue: catalogue)
        let result: (explanations: [Explanation], notes: [ManifestError])
        do {
            result = try Explanation.all(in: input.read(), settings: settings)
        } catch let error as ManifestError {
            throw CommandFailure(message(error, input))
        }
        for note in result.notes {
            StandardStream.error.write("uwsgi-max-fd: note: \(message(note, input))\n")
        }
        return result.explanations
    }

    private func message(_ error: ManifestError, _ input: InputFile) -> String {
        ScanProblem(file: input.name, line: error.line, reason: error.reason).message
    }
}

extension Policy: ExpressibleByArgument {}
