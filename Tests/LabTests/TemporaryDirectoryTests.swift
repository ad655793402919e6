import Foundation
import Testing

@testable import Lab

struct TemporaryDirectoryTests {
  /// Lends a directory in which others are made.
  private func withParent(_ body: (URL) throws -> Void) throws {
    let parent = URL(filePath: "/tmp/sluice-parent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    // It may be gone already.
    defer { try? FileManager.default.removeItem(at: parent) }
    try body(parent)
  }

  private func names(in parent: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: parent.path).sorted()
  }

  /// A directory with files in it, as a program makes it.
  private func make(_ name: String, _ files: String..., in parent: URL) throws {
    let directory = parent.appending(path: name)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for file in files { try Data("x".utf8).write(to: directory.appending(path: file)) }
  }

  @Test(arguments: TemporaryDirectory.Kind.allCases)
  func itIsGoneWhenItIsRemovedOrNobodyHasItAnyMore(kind: TemporaryDirectory.Kind) throws {
    try withParent { parent in
      var directory = TemporaryDirectory(kind, in: parent.path)
      let path = try #require(directory?.path)
      try Data("x".utf8).write(to: URL(filePath: path + "/points.seen"))
      directory?.remove()
      #expect(try names(in: parent) == [])
      directory = TemporaryDirectory(kind, in: parent.path)
      #expect(try names(in: parent).count == 1)
      directory = nil
      #expect(try names(in: parent) == [])
    }
  }

  @Test func theNextOneRemovesWhatTheDeadLeftAndNothingOfTheLiving() throws {
    try withParent { parent in
      let living = try #require(TemporaryDirectory(.lab, in: parent.path))
      // Locked by nobody, as a killed program leaves it.
      try make("sluice-Aa0Bb1", "owner", "lock", "1.log", in: parent)
      try make("sluice-lab-Aa0Bb1", "owner", "points.seen", in: parent)
      let new = try #require(TemporaryDirectory(.broker, in: parent.path))
      #expect(
        try names(in: parent)
          == [living, new].map { URL(filePath: $0.path).lastPathComponent }
          .sorted()
      )
    }
  }

  @Test func whatIsOnlyCalledLikeOursIsSomebodys() throws {
    try withParent { parent in
      // A data directory of a person's, whose broker does not run now.
      try make("sluice-mydata", "lock", "1.log", in: parent)
      try make("sluice-backups", "owner", in: parent)
      let before = try names(in: parent)
      _ = try #require(TemporaryDirectory(.broker, in: parent.path))
      #expect(try names(in: parent) == before)
    }
  }

  @Test func whereNothingCanBeMadeThereIsNone() {
    #expect(TemporaryDirectory(.lab, in: "/nowhere") == nil)
    #expect(errno == ENOENT)
  }
}
