/// Finds the lines that the keys of a TOML text stand on, because the parser does not tell.
///
/// The text has been parsed, so it is well-formed; what this reader does not understand costs a line
/// number, never an error.
struct KeyLines {
  private var lines: [[String]: Int] = [:]

  /// Reads a whole text.
  init(_ text: String) {
    var section: [String] = []
    var openBrackets = 0
    var openQuotes: String?
    for (index, line) in Self.lines(of: text).enumerated() {
      if let quotes = openQuotes {
        if line.contains(quotes) { openQuotes = nil }
        continue
      }
      if openBrackets > 0 {
        openBrackets += Self.bracketBalance(line)
        continue
      }
      var rest = line.drop { $0 == " " || $0 == "\t" }
      if rest.first == "[" {
        rest = rest.drop { $0 == "[" }
        section = Self.keys(&rest)
        note(section, index + 1)
        continue
      }
      let path = Self.keys(&rest)
      guard !path.isEmpty, rest.first == "=" else { continue }
      note(section + path, index + 1)
      let value = rest.dropFirst()
      openQuotes = Self.unclosedQuotes(value)
      if openQuotes == nil { openBrackets = max(0, Self.bracketBalance(value)) }
    }
  }

  /// Splits a text as editors count its lines; a line's end of two characters is one in Swift.
  static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }

  /// Returns the line of a key, of the nearest table around it, or 1.
  func line(of path: [String]) -> Int {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      path.removeLast()
    }
    return 1
  }

  private mutating func note(_ path: [String], _ line: Int) {
    // A dotted key is the first mention of the tables that it names.
    for count in 1...max(1, path.count) where count <= path.count {
      let part = Array(path.prefix(count))
      if lines[part] == nil { lines[part] = line }
    }
  }

  /// Takes a dotted key off the front of a line.
  private static func keys(_ rest: inout Substring) -> [String] {
    var result: [String] = []
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard let first = rest.first else { return result }
      if first == "\"" || first == "'" {
        rest = rest.dropFirst()
        result.append(String(rest.prefix { $0 != first }))
        rest = rest.drop { $0 != first }.dropFirst()
      } else {
        let bare = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        if bare.isEmpty { return result }
        result.append(String(bare))
        rest = rest.dropFirst(bare.count)
      }
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard rest.first == "." else { return result }
      rest = rest.dropFirst()
    }
  }

  private static func unclosedQuotes(_ value: Substring) -> String? {
    for quotes in ["\"\"\"", "'''"] where value.drop(while: { $0 == " " }).hasPrefix(quotes) {
      let afterOpening = value.drop { $0 == " " }.dropFirst(3)
      if !afterOpening.contains(quotes) { return quotes }
    }
    return nil
  }

  /// How many more brackets are opened than closed, outside of strings and comments.
  private static func bracketBalance(_ text: Substring) -> Int {
    var balance = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "\"", "'": quote = character
      case "[", "{": balance += 1
      case "]", "}": balance -= 1
      case "#": return balance
      default: break
      }
    }
    return balance
  }
}
