import Foundation
import Testing

/// The fuzzers' inputs, once each, so that what was found once stays found where there is no fuzzing runtime.
@Suite struct CorpusTests {
    private static let corpus = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../corpus").standardized

    @Test("Every input of the corpora", arguments: FuzzTarget.allCases)
    func corpora(_ target: FuzzTarget) throws {
        let folder = Self.corpus.appending(path: target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!names.isEmpty)
        for name in names {
            let input = Array(try Data(contentsOf: folder.appending(path: name)))
            #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.run(input) }
        }
    }
}
