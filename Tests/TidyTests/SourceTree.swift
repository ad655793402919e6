import Foundation

/// The package's own files on disk.
enum SourceTree {
  /// The folder of Package.swift.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file below one of the root's folders, sorted by path.
  static func swiftFiles(in folder: String) throws -> [SourceFile] {
    try paths(in: folder, endings: ["swift"]).map { path in
      SourceFile(path: path, text: try text(of: path))
    }
  }

  /// The text of one file.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The names of the folders directly below one of the root's folders, sorted.
  static func folders(in folder: String) throws -> [String] {
    let manager = FileManager.default
    return try manager.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { name in
        var isFolder: ObjCBool = false
        let path = root.appending(path: "\(folder)/\(name)").path
        return manager.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
      }
      .sorted()
  }

  /// The paths, relative to the root, of the files with one of these endings.
  static func paths(in folder: String, endings: Set<String>) throws -> [String] {
    let base = root.appending(path: folder).resolvingSymlinksInPath()
    return try FileManager.default.subpathsOfDirectory(atPath: base.path)
      .filter { endings.contains(($0 as NSString).pathExtension) }
      .sorted()
      .map { "\(folder)/\($0)" }
  }
}
