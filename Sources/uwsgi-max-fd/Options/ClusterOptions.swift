import ArgumentParser
import Basics
import Catalogue
import Registries

import Glibc

/// How a catalogue is kept in a ConfigMap, by a Pod of the same cluster.
struct ClusterOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "In a Pod: take the Pods of the cluster from the API server, with the ServiceAccount's rights, and keep the "
                + "catalogue in --configmap."))
    var inCluster = false

    @Option(
        name: .customLong("configmap"),
        help: ArgumentHelp(
            "With --in-cluster: the ConfigMap of the Pod's namespace, which has to exist. What runs no longer "
                + "is dropped.", valueName: "name"))
    var configMap: String?

    @Option(
        name: .customLong("configmap-key"),
        help: ArgumentHelp("The catalogue's key in it.", valueName: "key"))
    var key = "catalogue.jsonl"

    @Option(
        name: .customLong("service-account"),
        help: ArgumentHelp(
            "With --in-cluster: the folder with the ServiceAccount's token, ca.crt and namespace.",
            valueName: "folder"))
    var serviceAccount = ClusterClient.serviceAccountFolder

    func validate() throws {
        guard inCluster == (configMap != nil) else {
            throw ValidationError("--in-cluster and --configmap go together")
        }
        if let configMap, !DNSName.isSubdomain(configMap) {
            throw ValidationError("--configmap \(configMap): not a ConfigMap's name")
        }
    }

    /// The API server.
    /// - Throws: ``CommandFailure`` outside a Pod.
    func client() throws -> ClusterClient {
        var environment: [String: String] = [:]
        for name in ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        do {
            return try ClusterClient(folder: serviceAccount, environment: environment)
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
