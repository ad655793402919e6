import Foundation

/// One declaration of a file: a type or a function-like member with its extent.
struct Declaration {
  enum Kind: String, CaseIterable {
    case structure = "struct"
    case `class` = "class"
    case enumeration = "enum"
    case `protocol` = "protocol"
    case actor = "actor"
    case alias = "typealias"
    case `extension` = "extension"
    case function = "func"
    case initializer = "init"
    case deinitializer = "deinit"
    case `subscript` = "subscript"

    var isFunction: Bool {
      switch self {
      case .function, .initializer, .deinitializer, .subscript: true
      case .structure, .class, .enumeration, .protocol, .actor, .alias, .extension: false
      }
    }
  }

  var kind: Kind
  /// The name as written, `init` and the like for those without one.
  var name: String
  /// Indices into the file's lines, both ends included; one line when there is no body.
  var lines: ClosedRange<Int>
  var isPackage: Bool

  /// Finds the declarations of a file in the order of their first lines.
  ///
  /// A declaration begins at a keyword that only attributes, modifiers and access levels precede
  /// on its line, which is how the formatter lays them out.
  static func all(in file: SourceFile) -> [Declaration] {
    file.code.indices.compactMap { declaration(at: $0, in: file) }
  }

  private static func declaration(at index: Int, in file: SourceFile) -> Declaration? {
    let words = file.code[index]
      .split { $0.isWhitespace || $0 == "(" || $0 == ":" || $0 == "<" || $0 == "?" }
      .map(String.init)
    var position = 0
    while position < words.count, isModifier(words[position]) { position += 1 }
    guard position < words.count else { return nil }
    var keyword = words[position]
    // `class func` declares a function: the last keyword in a row counts.
    if keyword == "class", words.indices.contains(position + 1), words[position + 1] == "func" {
      position += 1
      keyword = "func"
    }
    guard let kind = Kind(rawValue: keyword), isDeclaration(keyword, on: file.code[index]) else {
      return nil
    }
    return Declaration(
      kind: kind,
      name: name(after: keyword, in: file.code[index]),
      lines: index...lastLine(from: index, in: file),
      isPackage: words[..<position].contains("package")
    )
  }

  /// The word after the keyword, which may be an operator; the keyword when it has no name.
  private static func name(after keyword: String, in code: String) -> String {
    let words = code.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let position = words.firstIndex(of: keyword), position + 1 < words.count else {
      return keyword
    }
    let next = words[position + 1]
    let name = next.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "`" }
    return name.isEmpty ? next : String(name)
  }

  private static func isModifier(_ word: String) -> Bool {
    word.hasPrefix("@") || modifiers.contains(word) || word.hasPrefix("__always")
      || word == "set)" || word.hasPrefix("unsafe)")
  }

  /// `init(` at the start of a line may also be a call, `self.init(` never gets here.
  private static func isDeclaration(_ keyword: String, on code: String) -> Bool {
    switch keyword {
    case "init": code.contains("init(") || code.contains("init?(") || code.contains("init<")
    case "subscript": code.contains("subscript(") || code.contains("subscript<")
    default: true
    }
  }

  /// The line of the brace that closes the body; the first line when there is none.
  private static func lastLine(from start: Int, in file: SourceFile) -> Int {
    var parentheses = 0
    var braces = 0
    for index in start..<file.code.count {
      for character in file.code[index] {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{": braces += 1
        case "}":
          // The brace of the enclosing type: this was a requirement without a body.
          if braces == 0 { return start }
          braces -= 1
          if braces == 0, parentheses == 0 { return index }
        default: break
        }
      }
      if parentheses == 0, braces == 0, endsWithoutBody(after: index, in: file) { return start }
    }
    return start
  }

  /// Whether a signature that is complete on a line has no body.
  ///
  /// Then the next line begins something else: a body's brace may stand on a later line only
  /// behind `where`, `async` or `->`.
  private static func endsWithoutBody(after index: Int, in file: SourceFile) -> Bool {
    guard let next = file.code.dropFirst(index + 1).first(where: { !$0.allSatisfy(\.isWhitespace) })
    else { return true }
    let trimmed = next.trimmingCharacters(in: .whitespaces)
    return !["{", "where ", "->", "async", "throws", ",", ":", "&"].contains {
      trimmed.hasPrefix($0)
    } && !file.code[index].trimmingCharacters(in: .whitespaces).hasSuffix(",")
      && !file.code[index].trimmingCharacters(in: .whitespaces).hasSuffix(":")
      && !file.code[index].trimmingCharacters(in: .whitespaces).hasSuffix("where")
  }
}

private let modifiers: Set<String> = [
  "public", "package", "internal", "fileprivate", "private", "open", "final", "static", "mutating",
  "nonmutating", "override", "required", "convenience", "indirect", "nonisolated", "consuming",
  "borrowing", "isolated", "lazy", "distributed", "prefix", "postfix", "infix", "unowned", "weak",
  "dynamic", "optional", "async", "sending",
]
