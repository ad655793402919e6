import Canvas

extension Painter {
  mutating func drawFooter() {
    guard let footer = layout.footer else { return }
    let place = model.screen.place
    if let status = layout.status {
      drawStatus(in: status)
      drawKeys(in: footer, at: place)
    } else if model.toast != nil {
      drawStatus(in: footer)
    } else if model.filterField != nil, !layout.hasRules {
      grid.put(filterSpans, at: footer.origin, limit: footer.columns)
    } else {
      drawKeys(in: footer, at: place)
    }
  }

  /// The answer to the last key, else what is true of every key.
  mutating func drawStatus(in line: Rectangle) {
    if let toast = model.toast {
      let role: Role = toast.isRefusal ? .alertWarning : .toast
      let glyph = toast.isRefusal ? glyphs.alert : glyphs.ok
      grid.put(
        [Span(" \(glyph) ", role), Span(toast.text, role)],
        at: line.origin,
        limit: line.columns,
        ellipsis: glyphs.ellipsis
      )
      return
    }
    let text =
      attachedStatus
      ?? (model.isReplay
        ? " a recording: z stops it and goes on, [ and ] step through all of it, 0 goes back to it"
        : model.isReadOnly
          ? " read-only: keys look and change nothing; F8 allows changes"
          : " u takes back the last kill, pause, fault or load; ? says what every key does")
    grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
  }

  private var attachedStatus: String? {
    guard let attachment = model.options.attachment else { return nil }
    if !attachment.allowsChanges {
      return model.options.hasLab && !model.isReadOnly
        ? " keys act on the lab; of the broker nothing is changed without --write"
        : " attached read-only: start with --write to allow changes"
    }
    return model.isReadOnly
      ? " read-only: keys look and change nothing; F8 allows changes"
      : " changes are allowed on \(model.targetName); F8 makes it read-only again"
  }

  /// The keys that fit, the most important first to stay, in the order of the table.
  mutating func drawKeys(in line: Rectangle, at place: KeyBinding.Place) {
    let candidates = model.keymap.bindings.filter {
      $0.footerRank != nil && $0.places.contains(place)
    }
    let ranked = candidates.sorted { ($0.footerRank ?? 0) < ($1.footerRank ?? 0) }
    var room = line.columns - 1
    var chosen: Set<Action> = []
    for binding in ranked {
      let width = hint(binding).columns + 2
      if width > room { break }
      chosen.insert(binding.action)
      room -= width
    }
    var column = 1
    for binding in candidates where chosen.contains(binding.action) {
      let spans = hint(binding)
      spot(
        Rectangle(column: line.column + column, row: line.row, columns: spans.columns, rows: 1),
        .action(binding.action)
      )
      column += grid.put(spans, at: line.shifted(column), limit: line.columns - column) + 2
    }
  }
}
