import Canvas
import Telemetry

/// Where a dialog is, and how much of it is seen.
enum DialogLayout {
  /// From this size on a dialog has a box with the screen around it.
  private static let boxedSize = Size(columns: 44, rows: 10)

  /// Returns the area of a dialog that would like so much room inside of its box.
  static func area(columns: Int, rows: Int, in size: Size) -> Rectangle {
    let isBoxed = size.columns >= boxedSize.columns && size.rows >= boxedSize.rows
    guard isBoxed else { return Rectangle(size) }
    let width = min(size.columns - 2, max(24, columns + 4))
    let height = min(size.rows - 2, max(5, rows + 2))
    return Rectangle(
      column: (size.columns - width) / 2,
      row: (size.rows - height) / 2,
      columns: width,
      rows: height
    )
  }

  /// How many lines of a dialog's list or text are seen at once.
  static func page(of dialog: Dialog, in size: Size) -> Int {
    switch dialog {
    case .confirmation, .form: max(1, size.rows - 4)
    case .menu(let menu):
      max(
        1,
        area(of: menu, in: size).rows - (menu.isSearched ? 4 : 2) - (menu.heading.isEmpty ? 0 : 1)
      )
    case .columns(let editor):
      max(1, area(columns: 40, rows: editor.items.count + 1, in: size).rows - 3)
    case .message: max(1, messageArea(in: size).rows - 2)
    case .lesson: max(1, lessonArea(in: size).rows - 2)
    case .why: max(1, whyArea(in: size).rows - 2)
    }
  }

  static func area(of menu: Menu, in size: Size) -> Rectangle {
    let widest =
      menu.items.prefix(200).map { item in
        CharacterWidth.columns(of: item.text) + CharacterWidth.columns(of: item.note)
          + (item.key == nil ? 4 : 7)
      }.max() ?? 0
    let rows =
      min(menu.items.count, 24) + (menu.isSearched ? 2 : 0) + (menu.heading.isEmpty ? 0 : 1)
    return area(columns: max(30, min(widest, 90)), rows: rows, in: size)
  }

  static func messageArea(in size: Size) -> Rectangle {
    area(columns: min(size.columns - 8, 130), rows: size.rows - 6, in: size)
  }

  /// The lines of a message: its envelope, its properties, where it died, and its body.
  static func lines(of view: MessageView, in model: Model) -> [[Span]] {
    let message = view.message
    let width = max(10, messageArea(in: model.size).columns - 4)
    func fact(_ name: String, _ value: String, _ role: Role = .base) -> [Span] {
      [Span(name + " ", .muted), Span(value, role)]
    }
    var lines: [[Span]] = [
      fact("exchange", message.exchange.isEmpty ? "(default)" : message.exchange, .kindExchange),
      fact("routing key", message.routingKey, .kindBinding),
      fact("redelivered", message.isRedelivered ? "yes" : "no")
        + fact("   persistent", message.isPersistent ? "yes" : "no"),
    ]
    lines += message.properties.map { fact($0.name, $0.value) }
    if !message.headers.isEmpty { lines.append([Span("headers", .title)]) }
    lines += message.headers.map { fact("  " + $0.name, $0.value) }
    if !message.deaths.isEmpty { lines.append([Span("deaths", .title)]) }
    for death in message.deaths {
      lines.append([
        Span("  \(death.reason) ", .metricDead),
        Span(
          "\(Format.count(death.count)) times in \(death.queue), came by "
            + "\(death.exchange.isEmpty ? "(default)" : death.exchange) "
            + death.routingKeys.joined(separator: ", ")
        ),
      ])
    }
    let size = Format.bytes(message.bodyBytes)
    let isCut = message.bodyBytes > message.body.count
    lines.append([
      Span("body ", .title),
      Span(size + (isCut ? ", the first \(Format.bytes(message.body.count))" : ""), .muted),
    ])
    return lines + BodyText.lines(of: message, columns: width)
  }
}

extension Painter {
  /// Draws what stands over the screen.
  mutating func drawDialog() {
    switch model.dialog {
    case .confirmation(let confirmation): draw(confirmation)
    case .menu(let menu): draw(menu)
    case .form(let form): draw(form)
    case .columns(let editor): draw(editor)
    case .message(let view): draw(view)
    case .lesson(let view): draw(view)
    case .why(let view): draw(view)
    case nil: return
    }
    // The answer to a key that a dialog refused would be hidden behind it on a small screen.
    if layout.status == nil, model.toast != nil, let footer = layout.footer, grid.size.rows > 3 {
      drawStatus(in: footer)
    }
  }

  /// Clears the area of a dialog and draws its box.
  ///
  /// - Returns: What is inside.
  mutating func openBox(_ title: [Span], _ hints: [Span], in area: Rectangle) -> Rectangle {
    grid.fill(area, with: Cell(" ", style: Style(.dialog)))
    if area.rows < 5 {
      grid.put(title, at: area.origin, limit: area.columns, ellipsis: glyphs.ellipsis)
      return Rectangle(
        column: area.column,
        row: area.row + 1,
        columns: area.columns,
        rows: area.rows - 1
      )
    }
    let box = Box(title: title, footer: hints, isFocused: true)
    return grid.draw(box, in: area, glyphs: glyphs).inset(columns: 1, rows: 0)
  }

  func hints(_ pairs: [(String, String)]) -> [Span] {
    Array(
      pairs.map { [Span($0.0, .key), Span(" " + $0.1)] }.joined(separator: [Span("  ")])
    )
  }

  // MARK: - Questions

  private mutating func draw(_ confirmation: Confirmation) {
    let lines = confirmation.lines.map { SafeText.clean($0) }
    let widest = max(
      lines.map { CharacterWidth.columns(of: $0) }.max() ?? 0,
      CharacterWidth.columns(of: confirmation.title) + 2,
      46
    )
    let area = DialogLayout.area(columns: min(widest, 90), rows: lines.count + 3, in: grid.size)
    let inside = openBox(
      [Span(confirmation.title, .title)],
      hints([("Esc", "leave"), ("Enter", confirmation.nameToType == nil ? "choose" : "confirm")]),
      in: area
    )
    let shown = max(0, min(lines.count, inside.rows - 2))
    for (row, line) in lines.prefix(shown).enumerated() {
      grid.put(
        [Span(line, .dialog)],
        at: inside.line(row).origin,
        limit: inside.columns,
        ellipsis: glyphs.ellipsis
      )
    }
    let last = inside.line(max(0, inside.rows - 1))
    if let name = confirmation.nameToType {
      if inside.rows > 1 {
        grid.put(
          [
            Span("type ", .dialog), Span(SafeText.clean(name), .title),
            Span(" to confirm", .dialog),
          ],
          at: inside.line(inside.rows - 2).origin,
          limit: inside.columns,
          ellipsis: glyphs.ellipsis
        )
      }
      draw(confirmation.typed, in: last, hasKeys: true, hint: "")
    } else {
      drawButtons(confirmation, in: last)
    }
  }

  private mutating func drawButtons(_ confirmation: Confirmation, in line: Rectangle) {
    var column = 0
    for (isYes, word) in [(false, "No"), (true, confirmation.verb)] {
      let text = " \(word) "
      let hasKeys = isYes == confirmation.isYesFocused
      let width = CharacterWidth.columns(of: text) + 2
      grid.put(
        [
          Span(hasKeys ? "[" : " ", .buttonFocus), Span(text, hasKeys ? .buttonFocus : .button),
          Span(hasKeys ? "]" : " ", .buttonFocus),
        ],
        at: line.shifted(column),
        limit: line.columns - column
      )
      spot(
        Rectangle(column: line.column + column, row: line.row, columns: width, rows: 1),
        .dialogButton(isYes: isYes)
      )
      column += width + 2
    }
  }

  // MARK: - Lists

  private mutating func draw(_ menu: Menu) {
    let area = DialogLayout.area(of: menu, in: grid.size)
    let inside = openBox(
      [Span(menu.title, .title)],
      hints([("Enter", "choose"), ("Esc", "leave")]),
      in: area
    )
    var first = 0
    if menu.isSearched {
      draw(menu.search, in: inside.line(0), hasKeys: true, hint: "type what you want to do")
      first = inside.rows > 3 ? 2 : 1
    }
    if !menu.heading.isEmpty, inside.rows > 3 {
      drawNothing(menu.heading, in: inside.line(0))
      first = 1
    }
    let items = menu.shown
    let rows = max(1, inside.rows - first)
    if items.isEmpty { drawNothing("nothing fits", in: inside.line(first)) }
    let top = max(0, min(menu.cursor - rows / 2, items.count - rows))
    for (offset, item) in items.dropFirst(top).prefix(rows).enumerated() {
      let line = inside.line(first + offset)
      let noteColumns = CharacterWidth.columns(of: item.note)
      let key = item.key.map { [Span(" \($0) ", item.refusal == nil ? .key : .muted)] } ?? []
      grid.put(
        key + [Span(" " + SafeText.clean(item.text), item.refusal == nil ? .dialog : .muted)],
        at: line.origin,
        limit: max(0, line.columns - noteColumns - 2),
        ellipsis: glyphs.ellipsis
      )
      if noteColumns < line.columns {
        grid.put(
          [Span(item.note, .key)],
          at: line.shifted(line.columns - noteColumns),
          limit: noteColumns
        )
      }
      spot(line, .dialogItem(top + offset))
      if top + offset == menu.cursor { markCursor(in: line) }
    }
  }

  private mutating func draw(_ editor: ColumnEditor) {
    let area = DialogLayout.area(columns: 52, rows: editor.items.count + 1, in: grid.size)
    let inside = openBox(
      [Span("columns of \(editor.panel.rawValue)", .title)],
      hints([("Space", "show"), ("+-", "move"), ("0", "usual"), ("Enter", "keep")]),
      in: area
    )
    let rows = max(1, inside.rows)
    let top = max(0, min(editor.cursor - rows / 2, editor.items.count - rows))
    for (offset, item) in editor.items.dropFirst(top).prefix(rows).enumerated() {
      let line = inside.line(offset)
      let sign = item.isShown ? "[x] " : "[ ] "
      grid.put(
        [
          Span(" " + sign, .dialog), Span(item.title, item.isShown ? .title : .dialog),
          Span("  " + item.name, .muted),
        ],
        at: line.origin,
        limit: line.columns,
        ellipsis: glyphs.ellipsis
      )
      spot(line, .dialogItem(top + offset))
      if top + offset == editor.cursor { markCursor(in: line) }
    }
  }

  // MARK: - Texts

  private mutating func draw(_ view: MessageView) {
    let area = DialogLayout.messageArea(in: grid.size)
    let lines = DialogLayout.lines(of: view, in: model)
    var keys = [("Esc", "leave"), ("y", "copy body")]
    if view.queue != nil { keys += [("M", "park"), ("D", "delete")] }
    let inside = openBox(
      [Span("message", .title), Span(" \(view.message.position + 1)")],
      hints(keys),
      in: area
    )
    for (row, line) in lines.dropFirst(view.top).prefix(inside.rows).enumerated() {
      grid.put(
        line,
        at: inside.line(row).origin,
        limit: inside.columns,
        ellipsis: glyphs.ellipsis
      )
    }
  }

  /// Draws a field with what was typed, and its cursor when it has the keys.
  mutating func draw(_ field: TextField, in line: Rectangle, hasKeys: Bool, hint: String) {
    grid.fill(line, with: Cell(" ", style: Style(.input)))
    if field.isEmpty {
      grid.put(
        [Span(hint, .muted)],
        at: line.shifted(hasKeys ? 1 : 0),
        limit: max(0, line.columns - 1),
        ellipsis: glyphs.ellipsis
      )
    }
    let (text, cursor) = field.window(columns: max(1, line.columns - 1))
    grid.put([Span(text, .input)], at: line.origin, limit: line.columns)
    if hasKeys, cursor < line.columns {
      let place = Rectangle(column: line.column + cursor, row: line.row, columns: 1, rows: 1)
      grid.restyle(place) { $0 = Style(.cursor) }
    }
  }
}
