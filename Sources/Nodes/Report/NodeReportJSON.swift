import JSON

/// A survey for programs.
public enum NodeReportJSON {
    public static func rendered(_ survey: NodeSurvey, names: PodNames) -> [UInt8] {
        var json = JSONWriter(reserving: 4096)
        json.object { json in
            json.name("limits")
            json.object { json in
                if let mostOpen = survey.mostOpen { json.member("nrOpen", mostOpen) }
                if let fileMax = survey.fileMax { json.member("fileMax", fileMax) }
            }
            json.name("runtimes")
            json.array { json in
                for runtime in survey.runtimes {
                    json.object { json in
                        json.member("name", runtime.name)
                        json.member("pid", runtime.pid)
                        limits(runtime.limits, &json)
                        json.member("dangerous", runtime.isDangerous)
                    }
                }
            }
            json.name("uwsgi")
            json.array { json in
                for process in survey.uwsgi { json.object { write(process, names, &$0) } }
            }
            json.member("processes", survey.processes)
            json.member("uwsgiProcesses", survey.uwsgiCount)
            json.member("othersOverThreshold", survey.othersOverThreshold)
            json.member("threshold", DangerousLimit.threshold)
            json.member("dangerous", survey.isDangerous)
        }
        json.endLine()
        return json.bytes
    }

    private static func limits(_ limits: DescriptorLimits, _ json: inout JSONWriter) {
        json.member("soft", limits.soft)
        json.member("hard", limits.hard)
    }

    private static func write(_ process: UWSGIProcess, _ names: PodNames, _ json: inout JSONWriter) {
        json.member("pid", process.pid)
        json.member("parent", process.parent)
        json.member("role", process.role.rawValue)
        json.member("state", process.state.rawValue)
        limits(process.limits, &json)
        json.member("residentBytes", process.memory.resident)
        json.member("anonymousBytes", process.memory.anonymous)
        json.member("expectedTableBytes", process.expectedTable)
        json.member("ageSeconds", process.age)
        if let user = process.memory.user { json.member("uid", user) }
        if let podUID = process.container.podUID { json.member("podUID", podUID) }
        if let containerID = process.container.containerID { json.member("containerID", containerID) }
        if let name = names.name(of: process.container) {
            json.member("namespace", name.namespace)
            json.member("pod", name.pod)
            if !name.container.isEmpty { json.member("container", name.container) }
        }
    }
}
