import Foundation
import Glibc
import NIOCore
import Store
import TestSupport
import Testing

extension EndToEndTests {
  /// `sluice store`: a data directory is checked and repaired, and never changed.
  @Suite struct StoreCommandTests {
    private func run(_ arguments: String...) async throws -> Program.Result {
      try await Program.run(try BuiltExecutable.path(), ["store"] + arguments)
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    /// A mistake costs one line and an exit code.
    private func expectRefusal(
      _ result: Program.Result,
      _ code: Int32,
      _ parts: String...,
      location: SourceLocation = #_sourceLocation
    ) {
      #expect(result.termination == .exited(code), "\(result)", sourceLocation: location)
      #expect(result.output == "", sourceLocation: location)
      #expect(lines(result.error).count == 1, "\(result)", sourceLocation: location)
      for part in parts {
        #expect(result.error.contains(part), "\(result.error)", sourceLocation: location)
      }
    }

    @Test func aWholeStoreIsCalledWhole() async throws {
      try await StoreFolder.withMessages { folder in
        let before = try folder.snapshot()
        let result = try await run("check", folder.store.path)
        #expect(result.isSuccess, "\(result)")
        let lines = lines(result.output)
        #expect(lines.count == 3, "\(result.output)")
        let bytes = try Data(contentsOf: folder.store.appending(path: StoreFolder.segment)).count
        #expect(
          lines.dropFirst().first?.split(separator: " ")
            == [StoreFolder.segment[...], "\(bytes)", "10", "5", "0"]
        )
        #expect(lines.last == "whole: 5 messages in 1 segment")
        #expect(try folder.snapshot() == before)
      }
    }

    @Test func anEmptyDirectoryIsAnEmptyStore() async throws {
      try await StoreFolder.withEmpty { folder in
        let result = try await run("check", folder.store.path)
        #expect(result.isSuccess, "\(result)")
        #expect(result.output == "whole: 0 messages in 0 segments\n")
        #expect(try folder.snapshot() == [:])
      }
    }

    @Test func aDamagedStoreSaysWhereAndWhatIsLost() async throws {
      try await StoreFolder.withMessages { folder in
        try folder.damageMessage(3)
        let before = try folder.snapshot()
        let result = try await run("check", folder.store.path)
        #expect(result.termination == .exited(1), "\(result)")
        let lines = lines(result.output)
        let (from, to) = (folder.positions[2].offset, folder.positions[3].offset - 25)
        let place = "\(StoreFolder.segment), bytes \(from) to \(to): "
        #expect(lines.count(where: { $0.hasPrefix(place) && $0.contains("lost") }) == 1)
        #expect(lines.last == "damaged: 1 fault, of which 1 loses messages")
        #expect(try folder.snapshot() == before)
      }
    }

    /// Nobody was told that the last message was safe.
    @Test func aTornEndIsAFaultAndNoLoss() async throws {
      try await StoreFolder.withMessages { folder in
        try folder.damageMessage(5)
        let result = try await run("check", folder.store.path)
        #expect(result.isSuccess, "\(result)")
        #expect(lines(result.output).last == "damaged: 1 fault, of which 0 lose messages")
      }
    }

    @Test func aRepairedStoreIsWholeAndHasTheRest() async throws {
      try await StoreFolder.withMessages { folder in
        try folder.damageMessage(3)
        let written = try writeTopology(of: folder)
        let before = try folder.snapshot()
        let new = folder.beside("a/new")
        let result = try await run("repair", folder.store.path, "--into", new.path)
        #expect(result.isSuccess, "\(result)")
        let said = lines(result.output)
        #expect(said.first?.hasPrefix("\(StoreFolder.segment), bytes ") == true)
        #expect(said.dropFirst() == ["salvaged 4 messages into \(new.path); topology is copied"])
        #expect(try folder.snapshot() == before)
        #expect(try StoreFolder.texts(in: new) == [1, 2, 4, 5].map { "message \($0)" })
        let topology = try Data(contentsOf: new.appending(path: "topology"))
        #expect([UInt8](topology) == written)
        let checked = try await run("check", new.path)
        #expect(checked.isSuccess, "\(checked)")
        #expect(lines(checked.output).last == "whole: 4 messages in 1 segment")
      }
    }

    /// Three entries, of which nobody but a broker knows what they mean.
    private func writeTopology(of folder: StoreFolder) throws -> [UInt8] {
      var disk = try RealDisk(path: folder.store.path)
      _ = try Journal(of: ["first", "second", "third"].map { ByteBuffer(string: $0) }, on: &disk)
      return [UInt8](try Data(contentsOf: folder.store.appending(path: "topology")))
    }

    @Test func aDamagedTopologyIsALossAndSaysWhatBecomesOfMessages() async throws {
      try await StoreFolder.withMessages { folder in
        var bytes = try writeTopology(of: folder)
        #expect(try await run("check", folder.store.path).isSuccess)
        // The second entry's text begins behind the head, the first entry and its own head.
        bytes[16 + 16 + 8] ^= 1
        try folder.write(bytes, to: "topology")
        let result = try await run("check", folder.store.path)
        #expect(result.termination == .exited(1), "\(result)")
        #expect(result.output.contains("topology, bytes 32 to 47: exchanges, queues"), "\(result)")
      }
    }

    @Test func aDirectoryThatIsNotThereIsAMistake() async throws {
      try await StoreFolder.withEmpty { folder in
        let (missing, new) = (folder.beside("none"), folder.beside("new"))
        expectRefusal(try await run("check", missing.path), 64, missing.path, "no such directory")
        let repaired = try await run("repair", missing.path, "--into", new.path)
        expectRefusal(repaired, 64, missing.path)
        for path in [missing.path, new.path] {
          #expect(!FileManager.default.fileExists(atPath: path))
        }
      }
    }

    @Test(arguments: ["segments", "notes.txt"])
    func aDirectoryOfSomethingElseIsNoStore(file: String) async throws {
      try await StoreFolder.withEmpty { folder in
        try folder.write(Array("Dear diary".utf8), to: file)
        let new = folder.beside("new")
        expectRefusal(try await run("check", folder.store.path), 78, "not a store", "segments")
        let repaired = try await run("repair", folder.store.path, "--into", new.path)
        expectRefusal(repaired, 78, "not a store")
        #expect(!FileManager.default.fileExists(atPath: new.path))
        #expect(try folder.snapshot().keys.sorted() == [file])
      }
    }

    @Test func anotherVersionIsRefused() async throws {
      try await StoreFolder.withMessages { folder in
        // Version 2 and the checksum of a head that says so.
        let head = Array("SLUICESG".utf8) + [2, 0, 0, 0, 0x3C, 0xC9, 0x82, 0x4A]
        try folder.write(head, to: "segments")
        let new = folder.beside("new")
        let path = "\(folder.store.path)/segments"
        expectRefusal(try await run("check", folder.store.path), 78, path, "version 2", "knows 1")
        let repaired = try await run("repair", folder.store.path, "--into", new.path)
        expectRefusal(repaired, 78, path, "version 2")
        #expect(!FileManager.default.fileExists(atPath: new.path))
      }
    }

    @Test func aRepairWritesOnlyWhereNothingCanBeLost() async throws {
      try await StoreFolder.withMessages { folder in
        let full = folder.beside("full")
        try FileManager.default.createDirectory(at: full, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: full.appending(path: "mine"))
        let before = try folder.snapshot()
        for (new, reason) in [
          (full.path, "has something in it"), (full.path + "/mine", "Not a directory"),
          (folder.store.path, "has something in it"),
          (folder.store.path + "/new", "stays as it is"),
          (full.path + "/../store/./new/deep", "stays as it is"),
        ] {
          let refused = try await run("repair", folder.store.path, "--into", new)
          expectRefusal(refused, 64, new, reason, "--into")
        }
        #expect(try folder.snapshot() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: full.path) == ["mine"])
        let empty = folder.beside("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(try await run("repair", folder.store.path, "--into", empty.path).isSuccess)
      }
    }

    @Test func aNewDirectoryThatCannotBeWrittenIsNamed() async throws {
      try await StoreFolder.withMessages { folder in
        let refused = try await run("repair", folder.store.path, "--into", "/proc/sluice")
        expectRefusal(refused, 1, "/proc/sluice", "mkdir")
      }
    }

    @Test func theDirectoryOfARunningBrokerIsLeftAlone() async throws {
      try await StoreFolder.withMessages { folder in
        let owner = try RealDisk(path: folder.store.path)
        let new = folder.beside("new")
        expectRefusal(try await run("check", folder.store.path), 1, owner.path, "a broker uses it")
        let repaired = try await run("repair", folder.store.path, "--into", new.path)
        expectRefusal(repaired, 1, owner.path, "a broker uses it")
        #expect(!FileManager.default.fileExists(atPath: new.path))
        withExtendedLifetime(owner) {}
      }
    }

    /// With the file that a broker locks, and, as on a copy, without it.
    @Test(
      .enabled(if: geteuid() != 0 || Tool.setpriv.isUsable, "setpriv is not installed"),
      arguments: [true, false]
    )
    func aDirectoryThatCannotBeWrittenIsChecked(hasLock: Bool) async throws {
      try await StoreFolder.withMessages { folder in
        let lock = folder.store.appending(path: "lock").path
        if !hasLock { try FileManager.default.removeItem(atPath: lock) }
        folder.setPermissions(directory: 0o500, files: 0o400)
        let before = try folder.snapshot()
        var command = [try BuiltExecutable.path(), "store", "check", folder.store.path]
        // Permissions mean nothing to root, unless it gives that up.
        let giveUp = [Tool.setpriv.path, "--inh-caps=-all", "--bounding-set=-all"]
        if geteuid() == 0 { command = giveUp + command }
        let result = try await Program.run(command[0], Array(command.dropFirst()))
        #expect(result.isSuccess, "\(result)")
        #expect(lines(result.output).last == "whole: 5 messages in 1 segment")
        #expect(try folder.snapshot() == before)
      }
    }

    @Test func namesAreCleanedOfWhatATerminalObeys() async throws {
      try await StoreFolder.withEmpty { folder in
        let missing = folder.beside("no\u{1B}[31mne").path
        let result = try await run("check", missing)
        expectRefusal(result, 64, "no␛[31mne")
        #expect(!result.error.contains("\u{1B}"))
        let salvaged = try await run("repair", folder.store.path, "--into", missing)
        #expect(salvaged.isSuccess, "\(salvaged)")
        #expect(!salvaged.output.contains("\u{1B}"))
      }
    }

    @Test(arguments: [
      ([], "check"), (["mend"], "mend"), (["check"], "directory"), (["repair", "/tmp"], "--into"),
      (["check", "/tmp", "surplus"], "surplus"),
    ])
    func aMistakeInTheCommandLineCostsOneLine(arguments: [String], named: String) async throws {
      let result = try await Program.run(try BuiltExecutable.path(), ["store"] + arguments)
      expectRefusal(result, 64, named)
    }
  }
}
