import Foundation
import Store
import TestSupport
import Testing

/// A data directory as a broker leaves it, with messages in it.
struct StoreFolder {
  /// A folder of the test's own, for the store and what is beside it.
  private let folder: URL
  let store: URL
  /// Where the messages are, all in the first segment.
  private(set) var positions: [Position] = []

  static let segment = "0000000001.log"

  private init() throws {
    folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
    store = folder.appending(path: "store")
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
  }

  /// Lends a folder with an empty store, and takes it away again.
  static func withEmpty(_ body: (StoreFolder) async throws -> Void) async throws {
    let folder = try StoreFolder()
    defer {
      folder.setPermissions(directory: 0o700, files: 0o600)
      // The folder may be gone already, which is all that is wanted.
      try? FileManager.default.removeItem(at: folder.folder)
    }
    try await body(folder)
  }

  /// Lends a folder with five messages, each durable for itself.
  static func withMessages(_ body: (StoreFolder) async throws -> Void) async throws {
    try await withEmpty { folder in
      var folder = folder
      try folder.append(messageCount: 5)
      try await body(folder)
    }
  }

  private mutating func append(messageCount: Int) throws {
    let disk = try RealDisk(path: store.path)
    var log = try Recovery.run(disk) { $0.queues.count }.log
    for number in 1...messageCount {
      positions.append(try Self.append("message \(number)", to: &log))
      let taken = log.takeBatch()
      let batch = try #require(taken)
      for operation in batch.operations { try disk.perform(operation) }
      log.finished(batch)
    }
  }

  private static func append(_ text: String, to log: inout SegmentLog) throws -> Position {
    try Array(text.utf8).withUnsafeBytes { body in
      let record = MessageRecord(
        isPersistent: true,
        enteredAt: 7,
        queues: [1],
        exchange: UnsafeRawBufferPointer(rebasing: body[..<0]),
        routingKey: UnsafeRawBufferPointer(rebasing: body[..<3]),
        properties: UnsafeRawBufferPointer(rebasing: body[..<2]),
        body: body
      )
      return try log.append(record, at: 1_000)
    }
  }

  /// The texts of the messages that a broker would find in a directory.
  static func texts(in directory: URL) throws -> [String] {
    var texts: [String] = []
    _ = try Recovery.inspect(RealDisk(readingAt: directory.path)) { message in
      texts.append(String(decoding: message.record.body, as: UTF8.self))
    }
    return texts
  }

  /// A path beside the store.
  func beside(_ name: String) -> URL { folder.appending(path: name) }

  func write(_ bytes: [UInt8], to file: String) throws {
    try Data(bytes).write(to: store.appending(path: file))
  }

  /// Changes a byte of a message's body.
  func damageMessage(_ number: Int) throws {
    let file = store.appending(path: Self.segment)
    var bytes = [UInt8](try Data(contentsOf: file))
    bytes[Int(positions[number - 1].offset) + 40] ^= 0x10
    try write(bytes, to: Self.segment)
  }

  /// All files, with what is in them and when they were written.
  func snapshot() throws -> [String: [String]] {
    let files = FileManager.default
    var snapshot: [String: [String]] = [:]
    for name in try files.contentsOfDirectory(atPath: store.path) {
      let url = store.appending(path: name)
      let date = try files.attributesOfItem(atPath: url.path)[.modificationDate] as? Date
      snapshot[name] = ["\(try Data(contentsOf: url).base64EncodedString())", "\(date as Any)"]
    }
    return snapshot
  }

  func setPermissions(directory: mode_t, files: mode_t) {
    // What is not there needs none.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: store.path)) ?? []
    for name in names { chmod(store.appending(path: name).path, files) }
    chmod(store.path, directory)
  }
}
