import Canvas
import Telemetry

/// How tables are drawn.
extension Painter {
  /// Draws a panel with a table in it.
  mutating func draw<Row: TableRow>(
    _ type: Row.Type,
    _ panel: Panel,
    in area: Rectangle,
    named name: String,
    nothing: String
  ) {
    let capacity = layout.rowCapacity(of: panel)
    let inside = frame(
      panel,
      in: area,
      title: tableTitle(panel, name),
      footer: panel == .queues ? brokerLedger : [],
      footerCorner: position(of: panel, capacity: capacity)
    )
    let table = table(in: inside)
    let columns = columns(
      Row.Field.self,
      of: panel,
      without: Row.redundant(in: picture, about: model.screen.subject),
      in: table.columns
    )
    let first = layout.headRows(inside)
    if first > 0 { head(columns, of: panel, in: table.line(0)) }
    guard picture.broker != nil else { return }
    let rows = visibleRows(of: panel, capacity: capacity)
    if rows.isEmpty {
      drawNothing(emptyText(panel, nothing), in: table.line(first))
      return
    }
    let shown = rows.compactMap { index in
      model.row(type, of: panel, at: index).map { (index: index, row: $0) }
    }
    let names = uniqueNames(shown.map(\.row), columns)
    for (offset, entry) in shown.enumerated() {
      let line = table.line(offset + first)
      spot(inside.line(offset + first), .row(panel, index: entry.index))
      draw(entry.row, columns, named: names[offset], of: panel, in: line)
      markRow(entry.index, entry.row.identity, of: panel, in: inside.line(offset + first))
    }
  }

  mutating func drawNothing(_ text: String, in line: Rectangle) {
    grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
  }

  private func emptyText(_ panel: Panel, _ nothing: String) -> String {
    let settings = model.tables[panel] ?? TableSettings()
    guard settings.hidesRows, let total = model.arrangements[panel]?.total, total > 0 else {
      return nothing
    }
    return "none of \(Format.count(total)) fits; Esc shows all"
  }

  /// The name of a panel, how many rows it has, and what hides some of them.
  private func tableTitle(_ panel: Panel, _ name: String) -> [Span] {
    let settings = model.tables[panel] ?? TableSettings()
    let arrangement = model.arrangements[panel]
    let count = arrangement?.rows.count ?? 0
    var spans = title(name, count: count)
    if settings.hidesRows, let total = arrangement?.total, total != count {
      spans.append(Span(" of \(Format.count(total))", .muted))
    }
    if settings.isTroubleOnly { spans.append(Span("  \(glyphs.alert) trouble", .alertWarning)) }
    if model.filterField != nil, model.focus == panel {
      spans += filterSpans
    } else if !settings.filter.isEmpty {
      spans += [Span("  /", .key), Span(settings.filter, .match)]
    }
    if let mistake = arrangement?.mistake { spans.append(Span("  " + mistake, .inputError)) }
    // Those that a filter hides are not acted on.
    let marked = model.focus == panel ? model.markedTargets.count : 0
    if marked > 0 { spans.append(Span("  \(marked) marked", .mark)) }
    return spans
  }

  /// The filter as it is typed, with the cursor in it.
  var filterSpans: [Span] {
    guard let field = model.filterField else { return [] }
    let (text, cursor) = field.window(columns: 40)
    var before = ""
    var under = ""
    var after = ""
    for character in text.unicodeScalars {
      if CharacterWidth.columns(of: before) < cursor {
        before.unicodeScalars.append(character)
      } else if under.isEmpty {
        under.unicodeScalars.append(character)
      } else {
        after.unicodeScalars.append(character)
      }
    }
    return [
      Span("  /", .key), Span(before, .input), Span(under.isEmpty ? " " : under, .cursor),
      Span(after, .input),
    ]
  }

  // MARK: - Columns

  /// The columns that a panel's table has now, where they stand.
  func columns<Field: TableField>(
    _ type: Field.Type,
    of panel: Panel,
    without redundant: Set<Field>,
    in width: Int
  ) -> [PlacedColumn<Field>] {
    let settings = model.tables[panel] ?? TableSettings()
    let chosen = settings.columns?.compactMap { Field(rawValue: $0) }
    if settings.isWide { return wide(chosen ?? [], settings, in: width) }
    let fields =
      chosen
      ?? Field.allCases.filter { ($0.shownFrom ?? .max) <= width && !redundant.contains($0) }
    return PlacedColumn.place(fields.map(\.column), in: width)
  }

  /// All columns at their full width; the table moves along so that the one sorted by is there.
  private func wide<Field: TableField>(
    _ chosen: [Field],
    _ settings: TableSettings,
    in width: Int
  ) -> [PlacedColumn<Field>] {
    let all = chosen + Field.allCases.filter { !chosen.contains($0) }
    guard let first = all.first else { return [] }
    func needed(_ fields: some Sequence<Field>) -> Int {
      fields.reduce(0) { $0 + $1.width.preferred + 1 }
    }
    var rest = Array(all.dropFirst())
    let wanted = settings.sortedBy.flatMap { Field(rawValue: $0) }
    if let wanted, let place = rest.firstIndex(of: wanted) {
      while rest.count > 1,
        needed([first]) + needed(rest.prefix(while: { $0 != wanted }))
          + wanted.width.preferred > width, rest[0] != wanted, place > 0
      {
        rest.removeFirst()
      }
    }
    while rest.count > 1, needed([first] + rest) > width + 1 { rest.removeLast() }
    return PlacedColumn.place(([first] + rest).map(\.column), in: width)
  }

  /// Draws the head of a panel's table; the column that rows are sorted by stands out.
  private mutating func head<Field: TableField>(
    _ columns: [PlacedColumn<Field>],
    of panel: Panel,
    in line: Rectangle
  ) {
    let settings = model.tables[panel] ?? TableSettings()
    for column in columns {
      let isSorted = settings.sortedBy == column.field.rawValue
      let area = column.rectangle(in: line)
      var title = column.title
      if isSorted {
        let isDown = column.field.startsWithLargest != settings.isReversed
        let arrow = isDown ? glyphs.sortedDown : glyphs.sortedUp
        if CharacterWidth.columns(of: title) < column.width { title.unicodeScalars.append(arrow) }
      }
      grid.put(
        title,
        in: area,
        column.alignment,
        style: Style(isSorted ? .headerSorted : .header),
        ellipsis: glyphs.ellipsis
      )
      spot(area, .header(panel, field: column.field.rawValue))
    }
  }

  // MARK: - Rows

  /// The texts of the first column, cut so that no two that differ read the same.
  private func uniqueNames<Row: TableRow>(
    _ rows: [Row],
    _ columns: [PlacedColumn<Row.Field>]
  ) -> [String] {
    guard let first = columns.first, first.alignment == .left else {
      return rows.map { _ in "" }
    }
    return TextCut.names(
      rows.map { SafeText.clean($0.text(of: first.field, glyphs: glyphs).0) },
      columns: first.width,
      ellipsis: glyphs.ellipsis
    )
  }

  private mutating func draw<Row: TableRow>(
    _ row: Row,
    _ columns: [PlacedColumn<Row.Field>],
    named name: String,
    of panel: Panel,
    in line: Rectangle
  ) {
    let note = row.note(glyphs: glyphs)
    var noteStart = 0
    for (index, column) in columns.enumerated() {
      if let note, !note.after.contains(column.field) { continue }
      noteStart = column.start + column.width + 1
      let area = column.rectangle(in: line)
      if let (series, role) = row.series(of: column.field) {
        drawSparkline(series, in: area, role: role)
        continue
      }
      var (text, role) = row.text(of: column.field, glyphs: glyphs)
      if CharacterWidth.columns(of: text) > area.columns {
        let shorter = row.shorterTexts(of: column.field, glyphs: glyphs)
        text = shorter.first { CharacterWidth.columns(of: $0) <= area.columns } ?? text
      }
      if index == 0, column.alignment == .left { text = name }
      drawCell(text, role, in: area, column)
      if index == 0 { highlight(text, of: panel, in: area) }
    }
    guard let note else { return }
    grid.put(
      note.text,
      at: line.shifted(noteStart),
      limit: line.columns - noteStart,
      ellipsis: glyphs.ellipsis
    )
  }

  /// Shows where a filter's words were found in a name.
  private mutating func highlight(_ text: String, of panel: Panel, in area: Rectangle) {
    let words = model.arrangements[panel]?.words ?? []
    if words.isEmpty { return }
    let lower = text.lowercased()
    guard lower.unicodeScalars.count == text.unicodeScalars.count else { return }
    for word in words {
      guard let found = lower.firstRange(of: word) else { continue }
      let start = CharacterWidth.columns(of: String(lower[..<found.lowerBound]))
      let columns = CharacterWidth.columns(of: word)
      let part = Rectangle(
        column: area.column + start,
        row: area.row,
        columns: min(columns, max(0, area.columns - start)),
        rows: 1
      )
      grid.restyle(part) { $0 = Style(.match, $0.modifiers) }
    }
  }

  /// Shows that a row is marked, and that it is under the cursor.
  private mutating func markRow(
    _ index: Int,
    _ identity: RowIdentity,
    of panel: Panel,
    in line: Rectangle
  ) {
    let isMarked = model.marks.contains(identity)
    if isUnderCursor(index, of: panel) { markCursor(in: line) }
    if isMarked {
      let role: Role = isUnderCursor(index, of: panel) ? .cursor : .mark
      grid.put(glyphs.mark, at: line.origin, style: Style(role))
    }
  }
}
