import Catalogue
import NIOCore
import Testing
import UWSGI

@testable import WebhookServer

/// What registries have said, as far as there is room for it.
@Suite struct RegistryImagesTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func add(_ number: Int, to images: inout RegistryImages, text: String = "", time: Int = 0) throws
    {
        let image = try #require(ImageReference("example.org/app:\(number)"))
        let hexadecimal = String(repeating: "0", count: 60) + String(1000 + number)
        let digest = try #require(ImageDigest(hexadecimal: hexadecimal))
        var entry = CatalogueEntry(digest: digest, references: [image.description], cmd: ["uwsgi"])
        if !text.isEmpty { entry.files = [.init(path: "/start", text: text)] }
        images.add(entry, for: image, time: time, now: now)
    }

    private func isKnown(_ number: Int, in images: RegistryImages) -> Bool {
        images.catalogue.configuration(ofImage: "example.org/app:\(number)").match == .tag
    }

    @Test func `What was read longest ago makes room`() throws {
        var images = RegistryImages(mostImages: 3)
        for number in 1...3 { try add(number, to: &images, time: number) }
        // Read again, it is the newest.
        try add(1, to: &images, time: 4)
        try add(4, to: &images, time: 5)
        #expect([1, 2, 3, 4].map { isKnown($0, in: images) } == [true, false, true, true])
        #expect(images.count == 3)
        #expect(images.catalogue.count == 3)
        #expect(images.oldest == 3)
    }

    @Test func `The text of all images together is bounded`() throws {
        var images = RegistryImages(mostBytes: 10_000)
        for number in 1...100 {
            try add(number, to: &images, text: String(repeating: "a", count: 3000))
            #expect(images.size <= 10_000)
        }
        #expect(images.count == 3)
        // One that is too large by itself is not kept, and takes the others along.
        try add(101, to: &images, text: String(repeating: "a", count: 20_000))
        #expect((images.count, images.size) == (0, 0))
        #expect(images.catalogue.count == 0)
        #expect(images.oldest == nil)
    }

    @Test func `An image is read a few times for its files, and its tag as often as it is stale`() throws {
        var images = RegistryImages()
        try add(1, to: &images)
        let digest = try #require(images.catalogue.entries.first?.digest)
        let entry = try #require(images.catalogue.entry(digest))
        let exact = try #require(ImageReference("example.org/app:1")).pinned(to: digest)
        #expect(exact.description == "example.org/app@\(digest)")
        for _ in 1...100 { try add(1, to: &images) }
        for _ in 1...RegistryImages.mostReadings {
            #expect(images.mayBeRead(exact))
            images.add(entry, for: exact, time: 0, now: now)
        }
        #expect(!images.mayBeRead(exact))
    }

    @Test func `A tag that only a catalogue has spoken of is stale at once`() throws {
        var images = RegistryImages()
        let digest = try #require(ImageDigest(hexadecimal: String(repeating: "a", count: 64)))
        let tag = try #require(ImageReference("example.org/app:1"))
        let entry = CatalogueEntry(digest: digest, references: [tag.description], cmd: ["uwsgi"])
        images.add(entry, for: tag.pinned(to: digest), time: 0, now: now)
        #expect(isKnown(1, in: images) && images.isStale(tag, now: now))
    }

    @Test func `A tag is asked for again after some minutes, a digest never`() throws {
        var images = RegistryImages()
        try add(1, to: &images)
        let tag = try #require(ImageReference("example.org/app:1"))
        #expect(!images.isStale(tag, now: now + .minutes(4)))
        #expect(images.isStale(tag, now: now + .minutes(5)))
        #expect(isKnown(1, in: images))
        let digest = try #require(images.catalogue.entries.first?.digest)
        let exact = try #require(ImageReference("example.org/app@\(digest)"))
        #expect(!images.isStale(exact, now: now + .hours(1000)))
        // Evidence names the registry.
        #expect(
            images.catalogue.configuration(ofImage: exact.description).configuration?.evidence.hasSuffix(
                "(registry)") == true)
    }
}
