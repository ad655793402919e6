import TOMLKit

/// A value of a TOML file as a Swift value, so that only one file knows the parser.
enum TOMLNode: Hashable {
  case string(String)
  case boolean(Bool)
  case array([TOMLNode])
  case table([String: TOMLNode])
  /// A date or a number: nothing that a config file has a use for.
  case other

  /// Reads a TOML text.
  ///
  /// - Throws: ``ConfigError`` with the line that is no TOML.
  static func parse(_ text: String, file: String) throws(ConfigError) -> [String: TOMLNode] {
    do {
      // The parser takes a C string, which would end there.
      if let null = text.utf8.firstIndex(of: 0) {
        let line = text.utf8[..<null].count { $0 == UInt8(ascii: "\n") } + 1
        throw broken(file, line, "a null character")
      }
      let root = try TOMLTable(string: text)
      // The inner values point into the root.
      return withExtendedLifetime(root) { entries(root) }
    } catch let error as ConfigError {
      throw error
    } catch let error as TOMLParseError {
      let problem = error.description.split(separator: "\n").first.map(String.init) ?? "bad TOML"
      throw broken(file, error.source.begin.line, problem)
    } catch {
      throw broken(file, nil, "not a TOML file")
    }
  }

  private static func broken(_ file: String, _ line: Int?, _ problem: String) -> ConfigError {
    let mend = "correct the TOML there"
    return ConfigError(
      mistakes: [ConfigMistake(file: file, line: line, problem: problem, mend: mend)]
    )
  }

  private static func entries(_ table: TOMLTable) -> [String: TOMLNode] {
    Dictionary(table.map { ($0.0, node($0.1)) }, uniquingKeysWith: { first, _ in first })
  }

  private static func node(_ value: any TOMLValueConvertible) -> TOMLNode {
    switch value.type {
    case .string: value.string.map(TOMLNode.string) ?? .other
    case .bool: value.bool.map(TOMLNode.boolean) ?? .other
    case .array: value.array.map { .array($0.map { node($0) }) } ?? .other
    case .table: value.table.map { .table(entries($0)) } ?? .other
    case .int, .double, .date, .time, .dateTime: .other
    }
  }
}
