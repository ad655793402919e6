package import Dashboard

extension Configuration {
  /// Returns the text of a config file with choices that were made since it was read.
  ///
  /// Only values that differ between the two settings are changed or added; whatever else the
  /// person wrote, also in the meantime, stays byte for byte.
  ///
  /// - Parameters:
  ///   - new: What the person chose.
  ///   - old: What was known when it was read.
  ///   - text: As the file is now; empty for a new one.
  ///   - file: What mistakes call it.
  /// - Returns: The new text; the old one when it says all that already.
  /// - Throws: ``ConfigError`` when the text means nothing, or the choices cannot be put into it.
  package static func remembering(
    _ new: Settings,
    insteadOf old: Settings,
    in text: String,
    file: String
  ) throws(ConfigError) -> String {
    let present = try Configuration(text: text, file: file)
    let wanted = merge(present.settings, with: new, insteadOf: old)
    var edit = ConfigEdit(text)
    for (path, literal) in changes(from: present.settings, to: wanted) {
      edit.set(path, to: literal)
    }
    let result = edit.text
    // A shape of file that the edit does not understand must not cost what is in it: neither a
    // broken result nor a wrong one is written.
    let reading = try? Configuration(text: result, file: file)
    guard reading?.settings == wanted, reading?.keymap == present.keymap,
      result.utf8.count <= Limits.fileBytes
    else {
      let problem = "the choices do not fit into it"
      let mistake = ConfigMistake(
        file: file,
        line: nil,
        problem: problem,
        mend: "write [tables.queues] and the like as sections of their own"
      )
      throw ConfigError(mistakes: [mistake])
    }
    return result
  }

  /// Returns what the file is to say: what it says now, with each value that was chosen anew.
  private static func merge(
    _ present: Settings,
    with new: Settings,
    insteadOf old: Settings
  ) -> Settings {
    var wanted = present
    if old.theme != new.theme { wanted.theme = new.theme }
    if old.refreshSeconds != new.refreshSeconds {
      wanted.refreshSeconds = new.refreshSeconds.map { RefreshInterval(seconds: $0).seconds }
    }
    for panel in Panel.allCases {
      let before = old.tables[panel] ?? TableSettings()
      let after = new.tables[panel] ?? TableSettings()
      var table = present.tables[panel] ?? TableSettings()
      if before.sortedBy != after.sortedBy { table.sortedBy = after.sortedBy }
      if before.isReversed != after.isReversed { table.isReversed = after.isReversed }
      if before.columns != after.columns { table.columns = after.columns }
      if before.isWide != after.isWide { table.isWide = after.isWide }
      wanted.tables[panel] = table == TableSettings() ? nil : table
    }
    return wanted
  }

  /// The keys to change, each with its value as TOML; a key that has its default already is left
  /// alone, so that it is not added for nothing.
  private static func changes(
    from old: Settings,
    to new: Settings
  ) -> [(path: [String], literal: String)] {
    var changes: [(path: [String], literal: String)] = []
    if old.theme != new.theme { changes.append((["theme"], literal(new.theme ?? ""))) }
    if old.refreshSeconds != new.refreshSeconds {
      let text = new.refreshSeconds.map { RefreshInterval(seconds: $0).description } ?? ""
      changes.append((["refresh"], literal(text)))
    }
    for panel in Panel.allCases {
      let before = old.tables[panel] ?? TableSettings()
      let after = new.tables[panel] ?? TableSettings()
      let section = ["tables", panel.rawValue]
      if before.sortedBy != after.sortedBy {
        changes.append((section + ["sort"], literal(after.sortedBy ?? "")))
      }
      if before.isReversed != after.isReversed {
        changes.append((section + ["reversed"], "\(after.isReversed)"))
      }
      if before.columns != after.columns {
        let names = (after.columns ?? []).map(literal).joined(separator: ", ")
        changes.append((section + ["columns"], "[\(names)]"))
      }
      if before.isWide != after.isWide { changes.append((section + ["wide"], "\(after.isWide)")) }
    }
    return changes
  }

  /// A text as a TOML string.
  private static func literal(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
