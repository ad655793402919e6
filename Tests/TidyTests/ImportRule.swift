import Foundation

/// One import declaration.
struct ImportStatement: Hashable {
  /// What follows `import`, the kind of a scoped import left out: `NIOCore` or
  /// `NIOCore.ByteBuffer`.
  var path: String
  /// Counts from 1.
  var line: Int

  /// Finds the imports of a file, whatever attributes and access levels stand before them.
  static func all(in file: SourceFile) -> [ImportStatement] {
    file.code.enumerated().compactMap { index, code in
      let words = code.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let position = words.firstIndex(of: "import") else { return nil }
      let isDeclaration = words[..<position].allSatisfy { word in
        word.hasPrefix("@") || accessLevels.contains(word)
      }
      var rest = words[(position + 1)...]
      if let first = rest.first, importKinds.contains(first) { rest = rest.dropFirst() }
      guard isDeclaration, let path = rest.first else { return nil }
      return ImportStatement(path: path, line: index + 1)
    }
  }
}

/// Every target imports only what the architecture allows it.
enum ImportRule {
  static func violations(in files: [SourceFile], layers: [String: Layer]) -> [Violation] {
    files.flatMap { file -> [Violation] in
      guard let layer = layers[file.target] else {
        return [
          Violation(
            file: file.path,
            line: 1,
            message: "the target \(file.target) is not in Layer.all; add it with what it may import"
          )
        ]
      }
      return ImportStatement.all(in: file)
        .filter { !layer.allows($0.path) }
        .map { statement in
          Violation(
            file: file.path,
            line: statement.line,
            message: "\(file.target) may not import \(statement.path); allowed: \(layer.summary)"
          )
        }
    }
  }
}

private let accessLevels: Set<String> = [
  "public", "package", "internal", "fileprivate", "private", "@testable", "@preconcurrency",
]
private let importKinds: Set<String> = [
  "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
]
