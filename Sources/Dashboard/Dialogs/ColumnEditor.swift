import Canvas

/// Which columns a table has, and in what order.
struct ColumnEditor: Sendable, Hashable {
  struct Item: Sendable, Hashable {
    var name: String
    var title: String
    var isShown: Bool
  }

  var panel: Panel
  var items: [Item]
  var cursor = 0

  mutating func take(_ key: Key) -> DialogAnswer {
    switch key {
    case .escape, .character("q"), .control("g"): return .close
    case .enter:
      let names = items.filter(\.isShown).map(\.name)
      return names.isEmpty ? .refuse("a table needs one column") : .choose(.columns(panel, names))
    case .character("0"): return .choose(.columns(panel, nil))
    case .up, .character("k"): cursor -= 1
    case .down, .character("j"): cursor += 1
    case .home, .character("g"): cursor = 0
    case .end, .character("G"): cursor = items.count - 1
    case .character(" "):
      if items.indices.contains(cursor) { items[cursor].isShown.toggle() }
      cursor += 1
    case .character("K"), .left, .character("-"): shift(by: -1)
    case .character("J"), .right, .character("+"): shift(by: 1)
    default: break
    }
    cursor = min(max(0, cursor), max(0, items.count - 1))
    return .stay
  }

  private mutating func shift(by step: Int) {
    let next = cursor + step
    guard items.indices.contains(cursor), items.indices.contains(next) else { return }
    items.swapAt(cursor, next)
    cursor = next
  }
}
