import JSON
import UWSGI

extension CatalogueEntry {
    /// Reads a line of a catalogue. Members that are not known are ignored.
    /// - Throws: ``CatalogueError`` that says what is missing or of the wrong kind.
    init(_ json: JSONValue) throws(CatalogueError) {
        guard json.kind == .object else { throw CatalogueError("not an object") }
        guard let digest = json["digest"]?.string.flatMap({ ImageDigest($0) }) else {
            throw CatalogueError("digest is not sha256: and 64 hexadecimal digits in lower case")
        }
        self.init(digest: digest)
        for text in try json.texts("digests") {
            guard let digest = ImageDigest(text) else {
                throw CatalogueError("digests holds something that is not sha256: and 64 hexadecimal digits")
            }
            digests.insert(digest)
        }
        for text in try json.texts("references") {
            guard let reference = ImageReference(text)?.tagged else {
                throw CatalogueError("references holds something that is not a reference with a tag")
            }
            references.insert(reference)
        }
        platform = try json.text("platform")
        entrypoint = try json.texts("entrypoint")
        cmd = try json.texts("cmd")
        workingDirectory = try json.text("workingDir")
        user = try json.text("user")
        read = try json.text("read")
        for variable in try json.objects("env") {
            let value = variable["value"]?.string
            environment.append(
                EnvironmentVariable(
                    name: try variable.text("name"), value: value.map { .literal($0) } ?? .reference))
        }
        for file in try json.objects("files") {
            files.append(File(path: try file.text("path"), text: try file.text("text")))
        }
        guard files.count <= Self.mostFiles, files.allSatisfy({ $0.text.utf8.count <= Self.largestFile })
        else {
            throw CatalogueError(
                "files holds more than \(Self.mostFiles) files, or one over \(Self.largestFile >> 10) KiB")
        }
        for omission in try json.objects("omitted") {
            omitted.append(
                Omission(path: try omission.text("path"), reason: try omission.text("reason")))
        }
    }

    /// How much it takes: as one line of a catalogue, in bytes.
    public var byteCount: Int {
        var line: [UInt8] = []
        write(to: &line)
        return line.count
    }

    /// Writes the entry as one line of JSON, line feed included; the same entry gives the same bytes.
    func write(to line: inout [UInt8]) {
        var start: [UInt8] = []
        swap(&start, &line)
        var json = JSONWriter(appendingTo: consume start)
        json.object { json in
            json.member("digest", digest.description)
            json.texts("digests", digests.sorted().map(\.description))
            json.texts("references", references.sorted())
            json.memberIfPresent("platform", platform)
            json.texts("entrypoint", entrypoint)
            json.texts("cmd", cmd)
            json.objects("env", environment) { variable, json in
                json.member("name", variable.name)
                if case .literal(let value) = variable.value { json.member("value", value) }
            }
            json.memberIfPresent("workingDir", workingDirectory)
            json.memberIfPresent("user", user)
            json.objects("files", files.sorted { $0.path < $1.path }) { file, json in
                json.member("path", file.path)
                json.member("text", file.text)
            }
            json.objects("omitted", omitted.sorted { $0.path < $1.path }) { omission, json in
                json.member("path", omission.path)
                json.member("reason", omission.reason)
            }
            json.memberIfPresent("read", read)
        }
        json.endLine()
        line = json.bytes
    }
}

/// Why a catalogue, or a line of it, cannot be read.
public struct CatalogueError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension JSONValue {
    fileprivate func text(_ name: StaticString) throws(CatalogueError) -> String {
        guard let value = self[name], !value.isNull else { return "" }
        guard let text = value.string else { throw CatalogueError("\(name) is not a text") }
        return text
    }

    fileprivate func texts(_ name: StaticString) throws(CatalogueError) -> [String] {
        guard let list = self[name], !list.isNull else { return [] }
        guard list.kind == .array else { throw CatalogueError("\(name) is not a list") }
        var texts: [String] = []
        for element in list.elements {
            guard let text = element.string else {
                throw CatalogueError("\(name) holds something that is not text")
            }
            texts.append(text)
        }
        return texts
    }

    fileprivate func objects(_ name: StaticString) throws(CatalogueError) -> [JSONValue] {
        guard let list = self[name], !list.isNull else { return [] }
        guard list.kind == .array else { throw CatalogueError("\(name) is not a list") }
        var objects: [JSONValue] = []
        for element in list.elements {
            guard element.kind == .object else {
                throw CatalogueError("\(name) holds something that is not an object")
            }
            objects.append(element)
        }
        return objects
    }
}

extension JSONWriter {
    fileprivate mutating func texts(_ name: StaticString, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        self.name(name)
        array { json in
            for text in texts { json.string(text) }
        }
    }

    fileprivate mutating func objects<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (Element, inout JSONWriter) -> Void
    ) {
        guard !elements.isEmpty else { return }
        self.name(name)
        array { json in
            for element in elements { json.object { body(element, &$0) } }
        }
    }
}
