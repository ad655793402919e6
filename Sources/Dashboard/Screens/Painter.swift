import Canvas
import Telemetry

/// A grid that is being drawn, with what every part of a screen needs to draw itself.
struct Painter {
  var grid: Grid
  let model: Model
  let layout: Layout
  /// What the mouse can act on; what was drawn later lies over what was drawn before.
  private(set) var hotspots: [Hotspot] = []

  var glyphs: Glyphs { model.glyphs }
  var picture: Picture { model.shown }

  init(_ model: Model) {
    grid = Grid(size: model.size)
    self.model = model
    layout = Layout(for: model)
  }

  /// Notes what the mouse acts on in an area.
  mutating func spot(_ area: Rectangle, _ thing: Hotspot.Thing) {
    hotspots.append(Hotspot(area: area, thing: thing))
  }

  /// Draws the frame of a panel, with the keys that act on it.
  ///
  /// - Returns: What is inside.
  mutating func frame(
    _ panel: Panel,
    in area: Rectangle,
    title: [Span],
    footer: [Span] = [],
    footerCorner: [Span] = []
  ) -> Rectangle {
    let isFocused = model.focus == panel && model.dialog == nil
    let bindings = hinted(panel)
    // The letters in its border lie over it.
    spot(area, .panel(panel))
    let box = Box(
      title: title,
      corner: Self.joined(bindings.map { hint($0) }),
      footer: footer,
      footerCorner: footerCorner,
      isFocused: isFocused
    )
    if layout.isBoxed {
      grid.draw(box, in: area, glyphs: glyphs)
    } else if layout.hasRules {
      grid.draw(rule: box, in: area, glyphs: glyphs)
    }
    spotHints(bindings, from: box.cornerStart(in: area, isRule: !layout.isBoxed), in: area)
    return layout.inside(area)
  }

  /// A panel's name and how many things it has; nothing is said before that is known.
  func title(_ name: String, count: Int) -> [Span] {
    let number = picture.broker == nil ? "" : " " + Format.count(count)
    return [Span(name, .title), Span(number)]
  }

  /// The keys that act on a panel, from the key table.
  func hinted(_ panel: Panel) -> [KeyBinding] {
    model.keymap.bindings.filter {
      $0.panels.contains(panel) && $0.places.contains(model.screen.place)
    }
  }

  static func joined(_ parts: [[Span]]) -> [Span] {
    Array(parts.joined(separator: [Span("  ")]))
  }

  /// The letters in a border are buttons.
  mutating func spotHints(
    _ bindings: [KeyBinding],
    from start: Int?,
    in area: Rectangle,
    row: Int? = nil
  ) {
    guard var column = start else { return }
    for binding in bindings {
      let columns = hint(binding).columns
      spot(
        Rectangle(column: column, row: row ?? area.row, columns: columns, rows: 1),
        .action(binding.action)
      )
      column += columns + 2
    }
  }

  /// A key and its word; dim when it can do nothing now.
  func hint(_ binding: KeyBinding) -> [Span] {
    let label = glyphs.isASCII ? KeyBinding.ascii(binding.shortLabel) : binding.shortLabel
    let word = model.lessonWords.hint(of: binding.action) ?? binding.hint
    return model.refusal(of: binding.action) != nil
      ? [Span(label + " " + word, .muted)]
      : [Span(label, .key), Span(" " + word)]
  }

  /// The area of a table inside of a panel: in front of it is a column for the cursor's mark, and
  /// its last digits do not touch the box.
  func table(in inside: Rectangle) -> Rectangle {
    Rectangle(
      column: inside.column + 1,
      row: inside.row,
      columns: inside.columns - (layout.isBoxed ? 2 : 1),
      rows: inside.rows
    )
  }

  /// Draws the head of a table that cannot be sorted.
  mutating func head<Field>(_ columns: [PlacedColumn<Field>], in line: Rectangle) {
    for column in columns {
      grid.put(
        column.title,
        in: column.rectangle(in: line),
        column.alignment,
        style: Style(.header),
        ellipsis: glyphs.ellipsis
      )
    }
  }

  /// Marks the row under the cursor of the panel that has the keys.
  mutating func markCursor(in line: Rectangle) {
    grid.restyle(line) { $0 = Style(.cursor, $0.modifiers) }
    grid.put(glyphs.cursor, at: line.origin, style: Style(.cursor))
  }

  /// `4-9 of 120` when not all rows are shown.
  func position(of panel: Panel, capacity: Int) -> [Span] {
    let count = model.rowCount(of: panel)
    guard count > capacity, capacity > 0 else { return [] }
    let top = model.cursors[panel]?.top ?? 0
    let last = min(count, top + capacity)
    return [Span("\(top + 1)-\(last) of \(Format.count(count))", .muted)]
  }

  /// The rows of a panel that are shown.
  func visibleRows(of panel: Panel, capacity: Int) -> Range<Int> {
    let count = model.rowCount(of: panel)
    let top = min(max(0, model.cursors[panel]?.top ?? 0), max(0, count - capacity))
    return top..<max(top, min(count, top + capacity))
  }

  func isUnderCursor(_ index: Int, of panel: Panel) -> Bool {
    model.focus == panel && model.dialog == nil && model.selectedIndex(of: panel) == index
  }

  /// Writes a cell of a table; a number that is too long for it is written shorter, never cut.
  mutating func drawCell<Field>(
    _ text: String,
    _ role: Role,
    in area: Rectangle,
    _ column: PlacedColumn<Field>
  ) {
    let isNumber = column.alignment == .right
    grid.put(
      isNumber ? Format.fitted(text, columns: area.columns) : text,
      in: area,
      column.alignment,
      style: Style(role),
      ellipsis: glyphs.ellipsis
    )
  }
}
