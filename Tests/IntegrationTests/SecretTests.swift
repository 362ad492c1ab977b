import TestSupport
import Testing

/// A password that somebody put into max-fd by mistake is in no output.
@Suite struct SecretTests {
    private static let password = "hunter2-9b1c"

    /// Every way in which it can get there.
    private static let manifest = """
        kind: Deployment
        apiVersion: apps/v1
        metadata: {name: web, namespace: shop}
        spec:
          template:
            spec:
              containers:
                - {name: a, image: i, command: [uwsgi], env: &env [
                    {name: PASSWORD, value: \(password)}, {name: UWSGI_MAX_FD, value: $(PASSWORD)}]}
                - {name: b, image: i, command: [uwsgi, --max-fd, $(PASSWORD)], env: *env}
                - {name: c, image: i, command: [uwsgi, --max-fd=$(PASSWORD)], env: *env}
                - {name: d, image: i, command: [sh, -c, "exec uwsgi --max-fd=$PASSWORD"], env: *env}
                - {name: e, image: i, command: [env, UWSGI_MAX_FD=$(PASSWORD), uwsgi], env: *env}
                - {name: f, image: i, command: [/srv/$(PASSWORD)-uwsgi.sh], env: *env}
                - name: g
                  image: i
                  command: [nginx]
                  lifecycle: {postStart: {exec: {command: [sh, -c, "uwsgi --max-fd $PASSWORD"]}}}
                  env: *env
        """

    private static let calls: [[String]] =
        [["explain"], ["explain", "--output", "json"], ["explain", "--policy", "strict"]]
        + ["table", "json", "yaml", "sarif", "junit", "patch", "html"].map { ["scan", "--output", $0, "-"] }

    @Test(arguments: calls)
    func `It is shown nowhere`(arguments: [String]) throws {
        let result = try BuiltExecutable.run(arguments, input: Array(Self.manifest.utf8))
        #expect(result.text.contains("web"))
        #expect(result.status < 2, "\(result.error)")
        #expect(!result.text.contains("hunter2"), "\(result.text)")
        #expect(!result.error.contains("hunter2"))
    }
}
