import Canvas

/// How a form is drawn.
extension Painter {
  private static let bodyRows = 5

  mutating func draw(_ form: Form) {
    let label = (form.fields.map { CharacterWidth.columns(of: $0.name) }.max() ?? 0) + 2
    let wanted = form.fields.reduce(0) { $0 + rows(of: $1) } + 3
    let area = DialogLayout.area(columns: 76, rows: wanted, in: grid.size)
    let inside = openFormBox(form, in: area)
    // The field with the keys is always there: on a small screen the ones before it move away.
    var first = 0
    while first < form.focus, height(of: form, from: first, through: form.focus) > inside.rows {
      first += 1
    }
    var row = 0
    for (index, field) in form.fields.enumerated().dropFirst(first) where row < inside.rows {
      let count = min(rows(of: field), inside.rows - row)
      draw(field, index == form.focus, label, in: inside, from: row, rows: count)
      spot(
        Rectangle(
          column: inside.column,
          row: inside.row + row,
          columns: inside.columns,
          rows: count
        ),
        .dialogItem(index)
      )
      row += count
    }
    if row < inside.rows { drawFormEnd(form, in: inside.line(min(row + 1, inside.rows - 1))) }
  }

  private func height(of form: Form, from first: Int, through last: Int) -> Int {
    form.fields.enumerated().reduce(2) { sum, entry in
      entry.offset >= first && entry.offset <= last ? sum + rows(of: entry.element) : sum
    }
  }

  private func rows(of field: Form.Field) -> Int {
    guard case .text(let text) = field.content, text.isMultiline else { return 1 }
    return grid.size.rows >= 20 ? Self.bodyRows : 2
  }

  private mutating func openFormBox(_ form: Form, in area: Rectangle) -> Rectangle {
    grid.fill(area, with: Cell(" ", style: Style(.dialog)))
    if area.rows < 5 {
      grid.put([Span(form.title, .title)], at: area.origin, limit: area.columns)
      return Rectangle(
        column: area.column,
        row: area.row + 1,
        columns: area.columns,
        rows: area.rows - 1
      )
    }
    let box = Box(
      title: [Span(form.title, .title)],
      footer: [
        Span("Tab", .key), Span(" next  "), Span("Enter", .key), Span(" \(form.verb)  "),
        Span("Esc", .key), Span(" leave"),
      ],
      isFocused: true
    )
    return grid.draw(box, in: area, glyphs: glyphs).inset(columns: 1, rows: 0)
  }

  private mutating func draw(
    _ field: Form.Field,
    _ hasKeys: Bool,
    _ label: Int,
    in inside: Rectangle,
    from row: Int,
    rows: Int
  ) {
    let line = inside.line(row)
    grid.put([Span(field.name, hasKeys ? .title : .muted)], at: line.origin, limit: label)
    let place = Rectangle(
      column: line.column + label,
      row: line.row,
      columns: max(0, line.columns - label),
      rows: 1
    )
    switch field.content {
    case .choice(let choices, let chosen):
      draw(choices, chosen, hasKeys, in: place)
    case .text(let text) where text.isMultiline:
      drawLines(text, hasKeys, in: place, rows: rows)
    case .text(let text):
      draw(text, in: place, hasKeys: hasKeys, hint: field.hint)
      if hasKeys, let rest = field.completion {
        let used = CharacterWidth.columns(of: text.text)
        grid.put(
          [Span(rest, .muted), Span("  \(glyphs.arrow)", .key), Span(" completes", .muted)],
          at: place.shifted(used + 1),
          limit: max(0, place.columns - used - 1)
        )
      }
    }
  }

  private mutating func draw(
    _ choices: [String],
    _ chosen: Int,
    _ hasKeys: Bool,
    in place: Rectangle
  ) {
    var spans: [Span] = hasKeys ? [Span("< ", .key)] : []
    for (index, choice) in choices.enumerated() where index == chosen || choices.count <= 6 {
      let role: Role = index == chosen ? (hasKeys ? .buttonFocus : .button) : .muted
      spans += [Span(index == chosen ? "(\(choice))" : " \(choice) ", role), Span(" ")]
    }
    if hasKeys { spans.append(Span(">", .key)) }
    grid.put(spans, at: place.origin, limit: place.columns, ellipsis: glyphs.ellipsis)
  }

  /// A text of several lines, moved so that the line with the cursor is seen.
  private mutating func drawLines(
    _ text: TextField,
    _ hasKeys: Bool,
    in place: Rectangle,
    rows: Int
  ) {
    let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false)
    let before = text.scalars[..<text.cursor]
    let cursorLine = before.count { $0 == "\n" }
    let top = max(0, cursorLine - rows + 1)
    for offset in 0..<rows {
      let line = Rectangle(
        column: place.column,
        row: place.row + offset,
        columns: place.columns,
        rows: 1
      )
      grid.fill(line, with: Cell(" ", style: Style(.input)))
      let index = top + offset
      guard lines.indices.contains(index) else { continue }
      if index == cursorLine, hasKeys {
        draw(text, in: line, hasKeys: true, hint: "")
      } else {
        grid.put(
          [Span(String(lines[index]), .input)],
          at: line.origin,
          limit: line.columns,
          ellipsis: glyphs.ellipsis
        )
      }
    }
  }

  /// What is wrong, else the button.
  private mutating func drawFormEnd(_ form: Form, in line: Rectangle) {
    if let mistake = form.mistake {
      grid.put(
        [Span("\(glyphs.alert) \(mistake.field): \(mistake.text)", .inputError)],
        at: line.origin,
        limit: line.columns,
        ellipsis: glyphs.ellipsis
      )
      return
    }
    let hasKeys = form.isButtonFocused
    let word = " \(form.verb) "
    grid.put(
      [Span(hasKeys ? "[\(word)]" : " \(word) ", hasKeys ? .buttonFocus : .button)],
      at: line.origin,
      limit: line.columns
    )
    let width = CharacterWidth.columns(of: word) + 2
    spot(
      Rectangle(column: line.column, row: line.row, columns: width, rows: 1),
      .dialogButton(isYes: true)
    )
  }
}
