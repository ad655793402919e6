import Canvas

/// A list to choose from, narrowed by typing.
struct Menu: Sendable, Hashable {
  /// One line of it.
  struct Item: Sendable, Hashable {
    var text: String
    /// What stands on the right: a key, or what is chosen now.
    var note = ""
    /// The key that means it, in a menu that is not searched.
    var key: Unicode.Scalar?
    /// What that key does, where it is not what Enter does.
    var quick: Choice?
    /// Why it cannot be chosen now.
    var refusal: String?
    var choice: Choice
  }

  var title: String
  /// Stands above the items.
  var heading = ""
  var items: [Item]
  /// Whether letters narrow the list, as they do in the palette, or are keys that move.
  var isSearched: Bool
  var search = TextField()
  /// The place of the chosen item among those that are shown.
  var cursor = 0
  /// What is done while an item is only under the cursor.
  var previews = false
  /// What is done when the menu is left without choosing.
  var onCancel: Choice?

  /// The items that fit the words that were typed: those that begin with them first.
  var shown: [Item] {
    let words = search.text.lowercased().split(separator: " ").map(String.init)
    if words.isEmpty { return items }
    let fitting = items.filter { item in
      words.allSatisfy { TextSearch.contains($0, in: item.text + " " + item.note) }
    }
    let first = words[0]
    return fitting.filter { $0.text.lowercased().hasPrefix(first) }
      + fitting.filter { !$0.text.lowercased().hasPrefix(first) }
  }

  mutating func take(_ key: Key, page: Int) -> DialogAnswer {
    let count = shown.count
    let before = cursor
    switch key {
    case .escape, .control("g"):
      return onCancel.map { .choose($0) } ?? .close
    case .enter:
      guard shown.indices.contains(cursor) else { return .refuse("nothing fits; Esc leaves") }
      let item = shown[cursor]
      return item.refusal.map { .refuse($0) } ?? .choose(item.choice)
    case .up, .control("p"): cursor -= 1
    case .down, .control("n"): cursor += 1
    case .pageUp: cursor -= page
    case .pageDown: cursor += page
    case .mouse(let event):
      if event.kind == .wheelUp { cursor -= 1 }
      if event.kind == .wheelDown { cursor += 1 }
    default:
      if isSearched {
        if search.take(key) { cursor = 0 }
      } else if let item = item(for: key) {
        return item.refusal.map { .refuse($0) } ?? .choose(item.quick ?? item.choice)
      } else {
        moved(by: key)
        if key == .character("q") { return onCancel.map { .choose($0) } ?? .close }
      }
    }
    cursor = min(max(0, cursor), max(0, min(count, shown.count) - 1))
    if previews, cursor != before, shown.indices.contains(cursor) {
      return .preview(preview(of: shown[cursor].choice))
    }
    return .stay
  }

  /// The item that a key means.
  private func item(for key: Key) -> Item? {
    guard case .character(let scalar) = key else { return nil }
    return items.first { $0.key == scalar }
  }

  private mutating func moved(by key: Key) {
    switch key {
    case .character("k"): cursor -= 1
    case .character("j"): cursor += 1
    case .character("g"), .home: cursor = 0
    case .character("G"), .end: cursor = shown.count - 1
    default: break
    }
  }

  private func preview(of choice: Choice) -> Choice {
    if case .theme(let name) = choice { return .previewTheme(name) }
    return choice
  }
}
