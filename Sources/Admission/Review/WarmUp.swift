extension AdmissionReviewer {
    /// Reviews a Pod that is built in, for every policy, and forgets the answers: the tables of detection are made on
    /// their first use, and no review that somebody waits for should have to pay for that.
    public func warmUp() {
        Self.example.withUnsafeBytes { bytes in
            for policy in Policy.allCases { _ = try? review(bytes, policy: policy) }
        }
    }

    static let example = Array(
        #"""
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
          "uid": "warm-up", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
          "object": {"metadata": {"generateName": "example-"}, "spec": {"containers": [
            {"name": "shell", "image": "example", "command": ["sh", "-c", "./migrate && exec uwsgi --http :8000"]},
            {"name": "variables", "image": "example", "env": [{"name": "UWSGI_HTTP_SOCKET", "value": ":8000"}]},
            {"name": "other", "image": "example", "args": ["python", "manage.py", "runserver"]}
          ]}}}}
        """#.utf8)
}
