import Foundation

/// What other targets can see says what it is.
enum DocumentationRule {
  static func violations(in file: SourceFile) -> [Violation] {
    Declaration.all(in: file)
      .filter { $0.isPackage && needsDocumentation($0) }
      .filter { !isDocumented($0, in: file) }
      .map { declaration in
        Violation(
          file: file.path,
          line: declaration.lines.lowerBound + 1,
          message: "package \(declaration.kind.rawValue) \(declaration.name) has no doc comment"
        )
      }
  }

  private static func needsDocumentation(_ declaration: Declaration) -> Bool {
    switch declaration.kind {
    case .structure, .class, .enumeration, .protocol, .actor, .subscript: true
    case .function, .alias: !witnesses.contains(declaration.name)
    case .initializer, .deinitializer, .extension: false
    }
  }

  private static func isDocumented(_ declaration: Declaration, in file: SourceFile) -> Bool {
    file.commentLines(above: declaration.lines.lowerBound).contains { line in
      let text = line.trimmingCharacters(in: .whitespaces)
      return text.hasPrefix("///") || text.hasPrefix("/**")
    }
  }

  /// Members whose protocol says it all.
  private static let witnesses: Set<String> = [
    "==", "<", "hash", "encode", "next", "makeIterator", "makeAsyncIterator", "index", "run",
    "validate", "Element", "Failure", "Index", "Iterator", "AsyncIterator",
  ]
}
