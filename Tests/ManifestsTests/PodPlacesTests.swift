import Testing

@testable import Manifests

/// Objects from which Pods come in other ways than by a Pod template at a usual place.
@Suite
struct PodPlacesTests {
    private static let command = #"command: [uwsgi, --http, ":80"]"#
    private static let container = "{name: web, image: i, \(command)}"

    /// Manifests, and the containers that are found in them, each with where it stands.
    static let manifests: [(name: String, text: String, found: [String])] = [
        (
            "an OpenShift Template",
            """
            apiVersion: template.openshift.io/v1
            kind: Template
            metadata: {name: t}
            objects:
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [\(container)]}}}}
            - {apiVersion: v1, kind: Service, metadata: {name: s}}
            """, ["Deployment/web/web"]
        ),
        (
            "KEDA's ScaledJob",
            """
            apiVersion: keda.sh/v1alpha1
            kind: ScaledJob
            metadata: {name: j}
            spec: {jobTargetRef: {template: {spec: {containers: [\(container)]}}}}
            """, ["ScaledJob/j/web"]
        ),
        (
            "Argo's Workflow",
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: {generateName: w-}
            spec:
              templates:
              - name: build
                container: {image: i, \(command)}
                initContainers: [{name: init, image: i, \(command)}]
                sidecars: [{name: side, image: i, \(command)}]
              - name: run
                script: {image: i, command: [bash], source: "exec uwsgi --http :80"}
              - name: steps
                steps: [[{name: a, template: build, inline: {container: {image: i, \(command)}}}]]
              - name: set
                containerSet: {containers: [\(container)]}
            """,
            ["build", "init", "side", "run", "inline", "web"].map { "Workflow/w-*/\($0)" }
        ),
        (
            "Argo's CronWorkflow",
            """
            apiVersion: argoproj.io/v1alpha1
            kind: CronWorkflow
            metadata: {name: c}
            spec: {workflowSpec: {templates: [{name: build, container: {image: i, \(command)}}]}}
            """, ["CronWorkflow/c/build"]
        ),
        (
            "Argo's WorkflowTemplate",
            """
            apiVersion: argoproj.io/v1alpha1
            kind: WorkflowTemplate
            metadata: {name: c}
            spec: {templates: [{name: build, container: {image: i, \(command)}}]}
            """, ["WorkflowTemplate/c/build"]
        ),
        (
            "KServe's InferenceService",
            """
            apiVersion: serving.kserve.io/v1beta1
            kind: InferenceService
            metadata: {name: m}
            spec:
              predictor: {containers: [\(container)]}
              transformer: {model: {image: i, \(command)}}
            """, ["InferenceService/m/model", "InferenceService/m/web"]
        ),
        (
            "Seldon's SeldonDeployment",
            """
            apiVersion: machinelearning.seldon.io/v1
            kind: SeldonDeployment
            metadata: {name: m}
            spec: {predictors: [{name: p, componentSpecs: [{spec: {containers: [\(container)]}}]}]}
            """, ["SeldonDeployment/m/web"]
        ),
        (
            "a SparkApplication",
            """
            apiVersion: sparkoperator.k8s.io.example/v1beta2
            kind: SparkApplication
            metadata: {name: s}
            spec:
              driver: {image: i, env: [{name: UWSGI_HTTP, value: ":80"}], sidecars: [\(container)]}
            """, ["SparkApplication/s/driver", "SparkApplication/s/web"]
        ),
        (
            "Crossplane's Object",
            """
            apiVersion: kubernetes.crossplane.io/v1alpha2
            kind: Object
            metadata: {name: o}
            spec:
              forProvider:
                manifest:
                  apiVersion: apps/v1
                  kind: Deployment
                  metadata: {name: web, namespace: shop}
                  spec: {template: {spec: {containers: [\(container)]}}}
            """, ["shop/Deployment/web/web"]
        ),
        (
            "a JobSet, and what it replicates",
            """
            apiVersion: jobset.x-k8s.io/v1alpha2
            kind: JobSet
            metadata: {name: j}
            spec: {replicatedJobs: [{name: a, template: {spec: {template: {spec: {containers: [\(container)]}}}}}]}
            """, ["JobSet/j/web"]
        ),
        (
            "Tekton's Task",
            """
            apiVersion: tekton.dev/v1
            kind: Task
            metadata: {name: t}
            spec: {steps: [{name: a, image: i, script: "#!/bin/bash\\nexec uwsgi --http :80\\n"}]}
            """, ["Task/t/a"]
        ),
        (
            "two templates in one object",
            """
            apiVersion: ray.io/v1
            kind: RayCluster
            metadata: {name: r}
            spec:
              headGroupSpec: {template: {spec: {containers: [\(container)]}}}
              workerGroupSpecs: [{template: {spec: {containers: [\(container)]}}}]
            """, ["RayCluster/r/web", "RayCluster/r/web"]
        ),
        (
            "a usual place and another one",
            """
            apiVersion: example.com/v1
            kind: Site
            metadata: {name: s}
            spec:
              template: {spec: {containers: [\(container)]}}
              backup: {podSpec: {containers: [{name: b, image: i, \(command)}]}}
            """, ["Site/s/b", "Site/s/web"]
        ),
        // What only looks like containers.
        (
            "what runs already, and definitions",
            """
            apiVersion: example.com/v1
            kind: Site
            metadata: {name: s, annotations: {containers: "[]"}}
            spec: {containers: [], images: [{name: a, image: uwsgi}], ports: [{image: uwsgi}]}
            status: {containers: [\(container)]}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: d}
            spec: {versions: [{schema: {default: {containers: [\(container)]}}}]}
            """, []
        ),
    ]

    @Test(arguments: manifests.indices)
    func `They are found, whatever object they stand in`(index: Int) throws {
        let (name, text, found) = Self.manifests[index]
        for text in [text, text.replacing("metadata: {name", with: "metadata:  {name")] {
            let report = Scanning.report(text)
            #expect(report.findings.map(\.qualifiedName).sorted() == found.sorted(), "\(name)")
            #expect(report.problems.isEmpty && report.notes.isEmpty, "\(name)")
            // Each stands where its command does, or its script.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for finding in report.findings {
                let line = lines.dropFirst(finding.place.line - 1).prefix(2).joined()
                #expect(line.contains("uwsgi") || line.contains("manifest"), "\(name): \(finding.place.line)")
            }
        }
    }

    @Test
    func `What looks like containers and cannot be read is named, and does not fail the run`() throws {
        let report = Scanning.report(
            """
            apiVersion: example.com/v1
            kind: Site
            metadata: {name: s}
            spec:
              one:
                containers:
                - {name: web, image: i, command: uwsgi}
              two: {containers: [\(Self.container)]}
            """)
        #expect(report.findings.map(\.qualifiedName) == ["Site/s/web"])
        #expect(report.problems.isEmpty)
        #expect(report.notes.map(\.line) == [7])
        #expect(report.notes.first?.reason.contains("spec.one.containers[0].command must be a list") == true)
    }

    @Test
    func `--fix gives them a max-fd where they stand, and --output patch says how to change the object`()
        throws
    {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: WorkflowTemplate
            metadata:
              name: c
            spec:
              templates:
              - name: build
                container:
                  image: i
                  command: [uwsgi, --http, ":80"]

            """
        let fix = ManifestFix(Array(text.utf8), settings: ScanSettings())
        let env = "      env:\n        - name: UWSGI_MAX_FD\n          value: \"1048576\"\n"
        let fixed = String(decoding: fix.fixed, as: UTF8.self)
        #expect(fix.refusals.isEmpty && fixed.contains("UWSGI_MAX_FD"), "\(env)\(fixed)")
        #expect(Scanning.report(fixed).findings.isEmpty)
        let patch = ScanReportPatch().text(of: Scanning.report(text))
        #expect(
            patch.contains(
                "kubectl patch WorkflowTemplate.v1alpha1.argoproj.io c --type json --patch "
                    + #"'[{"op":"add","path":"/spec/templates/0/container/env","value""#))
        let embedded = Self.manifests.first { $0.name == "Crossplane's Object" }?.text ?? ""
        let explained = ScanReportPatch().text(of: Scanning.report(embedded))
        #expect(explained.contains("# its manifest is in Object/o: set UWSGI_MAX_FD=1048576 there"))
        #expect(!explained.contains("kubectl patch"))
    }

    @Test
    func `Manifests inside manifests without end are refused`() {
        var text = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [\(Self.container)]}}"
        for level in 0..<12 {
            text = "{apiVersion: example.com/v1, kind: X\(level), metadata: {}, spec: {manifest: \(text)}}"
        }
        let report = Scanning.report(text)
        #expect(report.problems.map(\.reason).contains { $0.contains("deep") })
    }
}
