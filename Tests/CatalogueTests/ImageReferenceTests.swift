import Catalogue
import Testing

/// Names of images: the grammar, and what is left out.
@Suite struct ImageReferenceTests {
    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.29", "docker.io/library/nginx:1.29"),
        ("overhangio/openedx:21.0.0", "docker.io/overhangio/openedx:21.0.0"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/library/nginx", "docker.io/library/nginx:latest"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("ghcr.io/team/app_a/b__c/d--e.f", "ghcr.io/team/app_a/b__c/d--e.f:latest"),
        ("[::1]:5000/app:1", "[::1]:5000/app:1"),
        ("Registry/app", "Registry/app:latest"),
        ("nginx@\(digest)", "docker.io/library/nginx@\(digest)"),
        ("nginx:1.29@\(digest)", "docker.io/library/nginx:1.29@\(digest)"),
    ])
    func `References are completed`(_ text: String, _ complete: String) {
        #expect(ImageReference(text)?.description == complete)
    }

    @Test(arguments: [
        "", ":1", "nginx:", "nginx:-x", "nginx:a/b", "Nginx", "a//b", "/a", "a/", "a.", "a..b", "a___b", "-a",
        "host:port/a", "host:123456/a", "-host.io/a", "nginx@sha256:abc", "nginx@md5:" + digest.dropFirst(7),
        "nginx@\(digest.uppercased())", String(digest.dropFirst(7)), "a b", "a\n", "ü",
        "nginx:" + String(repeating: "a", count: 129), String(repeating: "a", count: 256),
        String(repeating: "a/", count: 4000) + "a",
    ])
    func `What is not a reference is refused`(_ text: String) {
        #expect(ImageReference(text) == nil)
    }

    /// The limit is for the complete name: what is just short enough without `library/` is not a reference.
    @Test func `A repository is at most 255 bytes long when it is complete`() {
        #expect(ImageReference(String(repeating: "a", count: 247))?.repository.utf8.count == 255)
        #expect(ImageReference(String(repeating: "a", count: 248)) == nil)
    }

    /// Dropped, the host would leave a name of another registry's, or a digest.
    @Test(arguments: [
        "docker.io/evil.example/team/app:1", "docker.io/localhost/app:1",
        "docker.io/library/" + String(repeating: "ab", count: 32),
    ])
    func `No spelling means another image`(_ text: String) throws {
        let reference = try #require(ImageReference(text))
        #expect(Set(reference.spellings.map { ImageReference($0) }) == [reference])
    }

    @Test(arguments: ["nginx", "docker.io/team/app:1", "ghcr.io/team/app:latest", "localhost:5000/a"])
    func `Every spelling means the same`(_ text: String) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.spellings.contains(text))
        #expect(Set(reference.spellings.map { ImageReference($0) }) == [reference])
    }
}
