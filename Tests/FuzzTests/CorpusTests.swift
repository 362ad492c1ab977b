import Foundation
import FuzzTargets
import TestSupport
import Testing

/// The fuzzers' inputs, once each, so that what was found once stays found where there is no fuzzing runtime.
@Suite struct CorpusTests {
    private static let corpus = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../Fuzz/corpus").standardized

    @Test(arguments: FuzzTarget.allCases)
    func `Every input of the corpora`(_ target: FuzzTarget) throws {
        let folder = Self.corpus.appending(path: target.rawValue)
        var inputs = try Self.inputs(in: folder)
        #expect(!inputs.isEmpty)
        let archive = Self.corpus.appending(path: "\(target.rawValue).tar.gz").path
        if FileManager.default.fileExists(atPath: archive) {
            let unpacked = try TemporaryFolder()
            let tar = try Program.run(named: "tar", ["-xzf", archive, "-C", unpacked.path])
            try #require(tar.status == 0, "\(tar.error)")
            let packed = try Self.inputs(in: unpacked.url)
            #expect(packed.count > 100)
            inputs += packed
        }
        for (name, input) in inputs {
            #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.run(input) }
        }
    }

    private static func inputs(in folder: URL) throws -> [(name: String, input: [UInt8])] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }
}
