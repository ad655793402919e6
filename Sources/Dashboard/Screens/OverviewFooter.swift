import Canvas

extension Painter {
  mutating func drawFooter() {
    guard let footer = layout.footer else { return }
    if let status = layout.status {
      drawStatus(in: status)
      drawKeys(in: footer, at: .overview)
    } else if model.toast != nil {
      drawStatus(in: footer)
    } else {
      drawKeys(in: footer, at: .overview)
    }
  }

  /// The answer to the last key, else what is true of every key.
  private mutating func drawStatus(in line: Rectangle) {
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
    let text = " u takes back the last kill or pause; ? says what every key does"
    grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
  }

  /// The keys that fit, the most important first to stay, in the order of the table.
  mutating func drawKeys(in line: Rectangle, at place: KeyBinding.Place) {
    let candidates = Keymap.bindings.filter { $0.footerRank != nil && $0.places.contains(place) }
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
      column += grid.put(spans, at: line.shifted(column), limit: line.columns - column) + 2
    }
  }
}
