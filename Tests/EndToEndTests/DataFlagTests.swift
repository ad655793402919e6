import Foundation
import Glibc
import NIOCore
import Store
import TestSupport
import Testing

extension EndToEndTests {
  /// What `--data` says when the directory is not as it should be.
  @Suite struct DataFlagTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "flag-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let result: Result<Void, any Error>
      do { result = .success(try await body(folder)) } catch { result = .failure(error) }
      try FileManager.default.removeItem(at: folder)
      try result.get()
    }

    private func refusal(_ directory: String) async throws -> Program.Result {
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "0", "--data", directory]
      )
      #expect(result.output.isEmpty)
      #expect(result.error.split(separator: "\n").count == 1, "\(result)")
      return result
    }

    @Test func aDirectoryInUseIsRefused() async throws {
      try await withFolder { folder in
        let holder = try Program(
          try BuiltExecutable.path(),
          ["serve", "--amqp-port", "0", "--data", folder.path]
        )
        try await holder.waitForOutput("ready")
        let result = try await refusal(folder.path)
        #expect(result.termination == .exited(1))
        #expect(result.error.contains("\(folder.path) is used by another sluice"), "\(result)")
        holder.child.signal(SIGTERM)
        _ = try await holder.finish()
      }
    }

    @Test func aNewerVersionIsRefusedAndLeftAlone() async throws {
      try await withFolder { folder in
        // The head of a segment as a later version may write it.
        var head = Array("SLUICELG".utf8) + [2, 0, 0, 0]
        let zeros = [UInt8](repeating: 0, count: 16)
        head += Self.checksum(zeros.prefix(12) + head + zeros)
        let bytes = Data(head + zeros)
        let file = folder.appending(path: "0000000001.log")
        try bytes.write(to: file)
        let result = try await refusal(folder.path)
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.error.contains("0000000001.log is of version 2"), "\(result)")
        #expect(try Data(contentsOf: file) == bytes)
      }
    }

    @Test func anotherKindOfFileIsRefused() async throws {
      try await withFolder { folder in
        try Data("not ours".utf8).write(to: folder.appending(path: "topology"))
        let result = try await refusal(folder.path)
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.error.contains("topology is not a file of sluice's"), "\(result)")
      }
    }

    @Test func aPlaceThatCannotBeWrittenToIsRefused() async throws {
      try await withFolder { folder in
        let file = folder.appending(path: "file")
        try Data().write(to: file)
        let result = try await refusal(file.path + "/data")
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.error.contains("Not a directory"), "\(result)")
      }
    }

    @Test(.enabled(if: geteuid() != 0 || Tool.setpriv.isUsable, "setpriv is not installed"))
    func aDirectoryWithoutLeaveToWriteIsRefused() async throws {
      try await withFolder { folder in
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
        let executable = try BuiltExecutable.path()
        var command = [executable, "serve", "--amqp-port", "0", "--data", folder.path]
        // Permissions mean nothing to root, unless it gives that up.
        if geteuid() == 0 {
          command = [Tool.setpriv.path, "--inh-caps=-all", "--bounding-set=-all"] + command
        }
        let result = try await Program.run(command[0], Array(command.dropFirst()))
        #expect(result.termination == .exited(78), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result)")
        #expect(result.error.contains("Permission denied"), "\(result)")
      }
    }

    @Test func emptyAndHalfMadeFilesAreAnEmptyStore() async throws {
      try await withFolder { folder in
        for name in ["segments", "topology", "0000000001.log", "0000000001.ack", "topology.new"] {
          try Data().write(to: folder.appending(path: name))
        }
        let broker = try Program(
          try BuiltExecutable.path(),
          ["serve", "--amqp-port", "0", "--data", folder.path]
        )
        try await broker.waitForOutput("ready")
        broker.child.signal(SIGTERM)
        #expect(try await broker.finish().isSuccess)
      }
    }

    /// CRC-32C, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
      var sum: UInt32 = 0xFFFF_FFFF
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
      }
      return withUnsafeBytes(of: (~sum).littleEndian) { Array($0) }
    }
  }
}
