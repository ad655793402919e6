import TOMLKit

/// A value of a TOML file as a Swift value, so that only one file knows the parser.
package enum TOMLNode: Hashable, Sendable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([TOMLNode])
  case table([String: TOMLNode])
  /// A date or a number with a fraction.
  case other

  /// Reads a TOML text.
  ///
  /// - Throws: ``TOMLMistake`` with the line that is no TOML.
  package static func parse(_ text: String) throws(TOMLMistake) -> [String: TOMLNode] {
    // The parser takes a C string, which would end there.
    if let null = text.utf8.firstIndex(of: 0) {
      let line = text.utf8[..<null].count { $0 == UInt8(ascii: "\n") } + 1
      throw TOMLMistake(line: line, problem: "a null character")
    }
    // The parser has assertions where it should have errors, and would end the program.
    if let mistake = TOMLOutline(Array(text.utf8)).mistake { throw mistake }
    do {
      let root = try TOMLTable(string: text)
      // The inner values point into the root.
      return withExtendedLifetime(root) { entries(root) }
    } catch let error as TOMLParseError {
      let problem = error.description.split(separator: "\n").first.map(String.init) ?? "bad TOML"
      throw TOMLMistake(line: error.source.begin.line, problem: problem)
    } catch {
      throw TOMLMistake(line: nil, problem: "not a TOML file")
    }
  }

  private static func entries(_ table: TOMLTable) -> [String: TOMLNode] {
    Dictionary(table.map { ($0.0, node($0.1)) }, uniquingKeysWith: { first, _ in first })
  }

  private static func node(_ value: any TOMLValueConvertible) -> TOMLNode {
    switch value.type {
    case .string: value.string.map(TOMLNode.string) ?? .other
    case .int: value.int.map(TOMLNode.integer) ?? .other
    case .bool: value.bool.map(TOMLNode.boolean) ?? .other
    case .array: value.array.map { .array($0.map { node($0) }) } ?? .other
    case .table: value.table.map { .table(entries($0)) } ?? .other
    case .double, .date, .time, .dateTime: .other
    }
  }
}

/// Why a text is no TOML.
package struct TOMLMistake: Error, Hashable, Sendable {
  /// Counted from 1; nil when the whole text is meant.
  package var line: Int?
  /// What is wrong; it may quote the text, and is not yet safe for a terminal.
  package var problem: String
}
