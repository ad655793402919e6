import Canvas

/// What the mouse does.
extension Model {
  /// Rows that one turn of the wheel moves.
  private static let wheelRows = 3

  mutating func mouse(_ event: MouseEvent) -> [Effect] {
    touch()
    if screen == .help, event.kind == .wheelUp || event.kind == .wheelDown {
      helpMoved(by: event.kind == .wheelUp ? -Self.wheelRows : Self.wheelRows)
      return []
    }
    guard let thing = thing(at: event.at) else { return [] }
    switch event.kind {
    case .wheelUp: return wheel(-Self.wheelRows, over: thing)
    case .wheelDown: return wheel(Self.wheelRows, over: thing)
    case .click, .doubleClick, .secondaryClick: return click(event.kind, on: thing)
    }
  }

  /// What was drawn last at a point.
  private func thing(at point: Point) -> Hotspot.Thing? {
    var painter = Painter(self)
    painter.drawScreen()
    return painter.hotspots.last { $0.area.contains(point) }?.thing
  }

  private mutating func wheel(_ rows: Int, over thing: Hotspot.Thing) -> [Effect] {
    let panel: Panel
    switch thing {
    case .row(let owner, _), .panel(let owner), .header(let owner, _): panel = owner
    case .action, .screen, .dialogItem, .dialogButton: return []
    }
    focusIfOther(panel)
    moveCursor(of: panel, to: selectedIndex(of: panel) + rows)
    return []
  }

  private mutating func click(_ kind: MouseEvent.Kind, on thing: Hotspot.Thing) -> [Effect] {
    switch thing {
    case .row(let panel, let index):
      focusIfOther(panel)
      moveCursor(of: panel, to: index)
      if panel == .verdict, kind == .click { return act(.open, named: "click") }
      if kind == .doubleClick { return act(.open, named: "double click") }
      if kind == .secondaryClick { return act(.rowMenu, named: "right button") }
      return []
    case .panel(let panel):
      focusIfOther(panel)
      return []
    case .header(let panel, let field):
      focusIfOther(panel)
      return changeTable { settings in
        settings.isReversed = settings.sortedBy == field ? !settings.isReversed : false
        settings.sortedBy = field
      }
    case .action(let action):
      // The second click of two would do it twice.
      if kind != .click { return [] }
      return act(action, named: keymap.binding(of: action)?.shortLabel ?? action.rawValue)
    case .screen(let screen):
      show(screen)
      return []
    case .dialogItem, .dialogButton: return []
    }
  }

  private mutating func focusIfOther(_ panel: Panel) {
    guard focus != panel, panelsInUse.contains(panel) else { return }
    focus = panel
    marks = []
    settle()
  }

  /// The key that a click in a dialog stands for; nil when it hit nothing.
  ///
  /// A click on a line puts the cursor on it, which may already be all that it does.
  mutating func clickedInDialog(_ event: MouseEvent) -> Key? {
    guard event.kind == .click || event.kind == .doubleClick else { return nil }
    guard let thing = thing(at: event.at) else { return nil }
    switch (thing, dialog) {
    case (.dialogItem(let index), .menu(var menu)):
      menu.cursor = index
      dialog = .menu(menu)
      return .enter
    case (.dialogItem(let index), .columns(var editor)):
      editor.cursor = index
      dialog = .columns(editor)
      return .character(" ")
    case (.dialogItem(let index), .form(var form)):
      form.focus = index
      dialog = .form(form)
      return nil
    case (.dialogButton(let isYes), .confirmation(var confirmation)):
      confirmation.isYesFocused = isYes
      dialog = .confirmation(confirmation)
      return .enter
    case (.dialogButton, .form(var form)):
      form.focus = form.fields.count
      dialog = .form(form)
      return .enter
    default: return nil
    }
  }
}
