import Dashboard
import TOMLText

/// Goes through a parsed file and collects what it says and what is wrong with it.
struct ConfigReader {
  let file: String
  let outline: TOMLOutline
  var result = Configuration()
  var mistakes: [ConfigMistake] = []
  var warnings: [ConfigMistake] = []

  init(file: String, outline: TOMLOutline) {
    self.file = file
    self.outline = outline
  }

  private static let sections = ["theme", "refresh", "keys", "tables", "diagnosis"]
  private static let tableKeys = ["sort", "reversed", "columns", "wide"]

  mutating func readRoot(_ root: [String: TOMLNode]) {
    for (name, node) in root {
      switch name {
      case "theme": readTheme(node)
      case "refresh": readRefresh(node)
      case "keys": if let entries = table(node, ["keys"]) { readKeys(entries) }
      case "diagnosis":
        if let entries = table(node, ["diagnosis"]) { readDiagnosis(entries) }
      case "tables": if let entries = table(node, ["tables"]) { readTables(entries) }
      default: warn([name], "unknown key \(quoted(name))", nearest: name, Self.sections)
      }
    }
  }

  private mutating func readTheme(_ node: TOMLNode) {
    guard let name = string(node, ["theme"], example: "theme = \"nord\"") else { return }
    result.themeLine = outline.line(of: ["theme"])
    result.settings.theme = name.isEmpty ? nil : name
  }

  private mutating func readRefresh(_ node: TOMLNode) {
    guard let text = string(node, ["refresh"], example: "refresh = \"500ms\""), !text.isEmpty else {
      return
    }
    do {
      result.settings.refreshSeconds = try RefreshInterval.read(text).seconds
    } catch {
      refuse(["refresh"], "refresh = \(quoted(text)) is no time", error.description)
    }
  }

  // MARK: - Tables

  private mutating func readTables(_ entries: [String: TOMLNode]) {
    let panels = Panel.allCases.filter { $0.columnNames != nil }
    for (name, node) in entries {
      let path = ["tables", name]
      guard let panel = Panel(rawValue: name), let columns = panel.columnNames else {
        warn(path, "no table \(quoted(name))", nearest: name, panels.map(\.rawValue))
        continue
      }
      guard let parts = table(node, path) else { continue }
      var settings = TableSettings()
      for (key, value) in parts {
        let path = path + [key]
        switch key {
        case "sort":
          guard let column = string(value, path, example: "sort = \"\(columns[0])\"") else { break }
          // The empty text says that nothing was chosen.
          if !column.isEmpty { settings.sortedBy = known(column, of: columns, path) }
        case "reversed": settings.isReversed = boolean(value, path) ?? false
        case "wide": settings.isWide = boolean(value, path) ?? false
        case "columns": settings.columns = columnList(value, path, columns)
        default: warn(path, "unknown key \(quoted(key)) of a table", nearest: key, Self.tableKeys)
        }
      }
      if settings != TableSettings() { result.settings.tables[panel] = settings }
    }
  }

  private mutating func columnList(
    _ node: TOMLNode,
    _ path: [String],
    _ columns: [String]
  ) -> [String]? {
    let example = "columns = [\"\(columns[0])\"]"
    guard case .array(let nodes) = node else {
      refuse(path, "the columns are no list", "write \(example)")
      return nil
    }
    var names: [String] = []
    for node in nodes {
      guard let name = string(node, path, example: example) else { return nil }
      guard let column = known(name, of: columns, path) else { continue }
      if names.contains(column) {
        warn(path, "column \(quoted(column)) is there twice", "take one of them out")
      } else {
        names.append(column)
      }
    }
    return names.isEmpty ? nil : names
  }

  private mutating func known(_ name: String, of columns: [String], _ path: [String]) -> String? {
    if columns.contains(name) { return name }
    warn(path, "no column \(quoted(name)) of \(path[1])", nearest: name, columns)
    return nil
  }

  // MARK: - Values

  /// Returns the entries of a section; nil after a mistake.
  mutating func table(_ node: TOMLNode, _ path: [String]) -> [String: TOMLNode]? {
    if case .table(let entries) = node { return entries }
    let name = path.joined(separator: ".")
    refuse(path, "\(quoted(name)) is no section", "write [\(name)]")
    return nil
  }

  /// Returns a text; nil after a mistake.
  mutating func string(_ node: TOMLNode, _ path: [String], example: String) -> String? {
    if case .string(let text) = node { return text }
    refuse(path, "the value of \(quoted(path.last ?? "")) is no text", "write \(example)")
    return nil
  }

  private mutating func boolean(_ node: TOMLNode, _ path: [String]) -> Bool? {
    if case .boolean(let value) = node { return value }
    let name = path.last ?? ""
    refuse(path, "the value of \(quoted(name)) is neither true nor false", "write \(name) = true")
    return nil
  }

  // MARK: - Complaints

  mutating func refuse(_ path: [String], _ problem: String, _ mend: String) {
    mistakes.append(mistake(path, problem, mend))
  }

  mutating func warn(_ path: [String], _ problem: String, _ mend: String) {
    warnings.append(mistake(path, problem, mend))
  }

  mutating func warn(
    _ path: [String],
    _ problem: String,
    nearest name: String,
    _ words: [String]
  ) {
    warn(path, problem, Self.mend(name, words))
  }

  private func mistake(_ path: [String], _ problem: String, _ mend: String) -> ConfigMistake {
    ConfigMistake(file: file, line: outline.line(of: path), problem: problem, mend: mend)
  }

  private static func mend(_ name: String, _ words: [String]) -> String {
    if let word = nearestWord(to: name, among: words) { return "did you mean \(word)?" }
    return "there are \(words.joined(separator: ", "))"
  }
}
