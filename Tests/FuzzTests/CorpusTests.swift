import Foundation
import Testing

/// Every input of the committed corpus, as an ordinary test: what fuzzing once found stays found.
@Suite struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Corpus")

  private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appending(path: target.name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      (name, Array(try Data(contentsOf: folder.appending(path: name))))
    }
  }

  @Test(arguments: FuzzTarget.all)
  func everyInputIsSound(target: FuzzTarget) throws {
    let inputs = try Self.inputs(of: target)
    try #require(!inputs.isEmpty)
    for (name, bytes) in inputs {
      #expect(target.findings(bytes) == [], "\(target.name)/\(name)")
    }
  }

  /// With every prefix the checks also see inputs that end in the middle.
  @Test(arguments: FuzzTarget.all)
  func everyPrefixOfASeedIsSound(target: FuzzTarget) throws {
    for (name, bytes) in CorpusSeeds.all[target.name, default: [:]] {
      for length in bytes.indices where length < 200 {
        #expect(target.findings(Array(bytes[..<length])) == [], "\(name) cut at \(length)")
      }
    }
  }

  /// `RECORD_SEEDS=1` writes them, and fails so that nobody leaves it on.
  @Test(arguments: FuzzTarget.all)
  func theSeedsAreInTheCorpus(target: FuzzTarget) throws {
    let seeds = try #require(CorpusSeeds.all[target.name])
    if ProcessInfo.processInfo.environment["RECORD_SEEDS"] == "1" {
      for (name, bytes) in seeds {
        let file = Self.folder.appending(path: "\(target.name)/seed-\(name)")
        try Data(bytes).write(to: file)
      }
      Issue.record("the seeds of \(target.name) were written")
    }
    let inputs = try Dictionary(
      uniqueKeysWithValues: Self.inputs(of: target).map { ($0.name, $0.bytes) }
    )
    for (name, bytes) in seeds { #expect(inputs["seed-\(name)"] == bytes, "\(name)") }
  }

  /// A check that finds nothing in anything would pass all of the above.
  @Test func aSeedReachesTheBroker() throws {
    let seed = try #require(CorpusSeeds.all["connection"]?["publish"])
    let stage = FuzzStage()
    ConnectionCheck.play(seed, on: stage)
    #expect(stage.publishedCount > 0)
  }
}
