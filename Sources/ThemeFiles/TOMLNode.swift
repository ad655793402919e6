import TOMLKit

/// A value of a TOML file as a Swift value, so that only one file knows the parser.
enum TOMLNode {
  case string(String)
  case integer(Int)
  case array([TOMLNode])
  case table([(String, TOMLNode)])
  /// A date, a truth value, a number with a fraction: nothing that a theme has a use for.
  case other

  /// Reads a TOML text; the pairs of a table come sorted by key.
  ///
  /// - Throws: `TOMLParseError`.
  static func parse(_ text: String) throws -> [(String, TOMLNode)] {
    let root = try TOMLTable(string: text)
    // The inner values point into the root.
    return withExtendedLifetime(root) { entries(root) }
  }

  private static func entries(_ table: TOMLTable) -> [(String, TOMLNode)] {
    table.map { ($0.0, node($0.1)) }
  }

  private static func node(_ value: any TOMLValueConvertible) -> TOMLNode {
    switch value.type {
    case .string: value.string.map(TOMLNode.string) ?? .other
    case .int: value.int.map(TOMLNode.integer) ?? .other
    case .array: value.array.map { .array($0.map { node($0) }) } ?? .other
    case .table: value.table.map { .table(entries($0)) } ?? .other
    case .double, .bool, .date, .time, .dateTime: .other
    }
  }
}
