import ConfigFile
import Dashboard
import Foundation

/// A folder for config files that is removed with its last user.
final class ConfigFolder: Sendable {
  let path: String
  /// The config file in it, which is not there at first.
  var file: String { "\(path)/config.toml" }

  init(_ text: String? = nil) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sluice-config-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
    if let text { try write(text) }
  }

  deinit {
    // It may be gone already, which is all that is wanted.
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ text: String) throws {
    try text.write(toFile: file, atomically: false, encoding: .utf8)
  }

  func text() throws -> String {
    try String(contentsOfFile: file, encoding: .utf8)
  }

  /// The names of what is in it.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// Remembers settings in it with a writer of its own.
  ///
  /// - Returns: What was complained of.
  func remember(
    _ settings: Settings,
    insteadOf known: Settings = Settings(),
    at path: String? = nil
  ) async -> [String] {
    let complaints = Complaints()
    let writer = ConfigWriter(path: path ?? file, known: known) { await complaints.add($0) }
    writer.remember(settings)
    await writer.finish()
    return await complaints.texts
  }
}

/// What a writer complained of.
actor Complaints {
  private(set) var texts: [String] = []

  func add(_ text: String) {
    texts.append(text)
  }
}
