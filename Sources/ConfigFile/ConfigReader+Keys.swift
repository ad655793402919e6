import Canvas
import Dashboard
import TOMLText

/// The section of keys: which action has which, and whether a person can work with that.
extension ConfigReader {
  mutating func readKeys(_ entries: [String: TOMLNode]) {
    var chosen: [Action: [Key]] = [:]
    for (name, node) in entries {
      let path = ["keys", name]
      guard let action = Action(rawValue: name) else {
        let near = nearestWord(to: name, among: Action.allCases.map(\.rawValue))
        let mend = near.map { "did you mean \($0)?" } ?? "the palette (:) says what there is"
        refuse(path, "no action \(quoted(name))", mend)
        continue
      }
      guard let texts = keyTexts(node, action) else { continue }
      chosen[action] = texts.compactMap { key($0, of: action) }
    }
    let (keymap, clashes) = Keymap.standard.rebinding(chosen)
    result.keymap = keymap
    for clash in Set(clashes).sorted(by: { $0.key.label < $1.key.label }) {
      tell(clash, chosen)
    }
    let leaving: [Action] = [.quit, .quitNow]
    // What a mistake left without a key is told already.
    if mistakes.isEmpty, leaving.allSatisfy({ keymap.binding(of: $0)?.keys.isEmpty != false }) {
      let last = line(of: .quit) > line(of: .quitNow) ? Action.quit : .quitNow
      refuse(path(last), "neither quit nor quit-now has a key", "give one of them a key")
    }
  }

  private func path(_ action: Action) -> [String] { ["keys", action.rawValue] }

  private func line(of action: Action) -> Int { outline.line(of: path(action)) }

  private mutating func keyTexts(_ node: TOMLNode, _ action: Action) -> [String]? {
    let nodes: [TOMLNode] = if case .array(let nodes) = node { nodes } else { [node] }
    var texts: [String] = []
    for node in nodes {
      guard case .string(let text) = node else {
        let name = action.rawValue
        let keys = Keymap.standard.binding(of: action)?.keys ?? []
        let example = keys.first.map(\.configName) ?? "F5"
        refuse(path(action), "a key of \(name) is no text", "write \(name) = \"\(example)\"")
        return nil
      }
      texts.append(text)
    }
    return texts
  }

  /// Returns the key that a text names, when the action may have it.
  private mutating func key(_ text: String, of action: Action) -> Key? {
    guard let key = Key(named: text) else {
      let isControl = ["^", "ctrl-"].contains { text.lowercased().hasPrefix($0) }
      let mend =
        isControl
        ? "terminals use or cannot tell that one; take another letter"
        : "write it as p, K, F9, ctrl-b, PgUp, Space"
      refuse(path(action), "\(quoted(text)) is no key that can be bound", mend)
      return nil
    }
    if let owners = key.owners, !owners.contains(action) {
      let names = owners.map(\.rawValue).joined(separator: " or ")
      refuse(
        path(action),
        "\(key.configName) is kept for \(names), as in every dialog",
        "give \(action.rawValue) another key"
      )
      return nil
    }
    let isForGood = Keymap.standard.binding(of: action)?.isForGood ?? false
    if isForGood, !key.isDeliberate {
      refuse(
        path(action),
        "\(key.configName) cannot be \(action.rawValue): capitals change something for good",
        "write a capital, ctrl- with a letter, or F1 to F20"
      )
      return nil
    }
    return key
  }

  private mutating func tell(_ clash: Keymap.Clash, _ chosen: [Action: [Key]]) {
    let isFirstChosen = chosen[clash.first] != nil
    let isSecondChosen = chosen[clash.second] != nil
    let key = clash.key.configName
    switch (isFirstChosen, isSecondChosen) {
    case (true, true):
      let isInOrder = line(of: clash.first) <= line(of: clash.second)
      let (early, late) = isInOrder ? (clash.first, clash.second) : (clash.second, clash.first)
      refuse(
        path(late),
        "\(key) is \(early.rawValue) (line \(line(of: early))) and \(late.rawValue) here",
        "give one of them another key"
      )
    case (true, false), (false, true):
      let (mine, other) =
        isFirstChosen ? (clash.first, clash.second) : (clash.second, clash.first)
      refuse(
        path(mine),
        "\(key) is \(other.rawValue) already, and \(mine.rawValue) here",
        "give \(mine.rawValue) another key, or \(other.rawValue) one too"
      )
    case (false, false): break
    }
  }
}

extension Key {
  /// How a config file writes it: as ``label``, but with what every keyboard has.
  package var configName: String {
    switch self {
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .control(let letter): "ctrl-\(letter)"
    case .character, .home, .end, .pageUp, .pageDown, .tab, .backTab, .enter, .escape, .backspace,
      .delete, .insert, .function, .mouse, .pasted, .unknown:
      label
    }
  }

  /// The only actions that may have it, because dialogs and forms use it for the same; nil for a
  /// key that is free.
  fileprivate var owners: [Action]? {
    switch self {
    case .enter: [.open]
    case .escape, .backspace: [.close]
    case .up: [.moveUp]
    case .down: [.moveDown]
    case .home: [.moveFirst]
    case .end: [.moveLast]
    case .pageUp: [.pageUp]
    case .pageDown: [.pageDown]
    case .tab: [.nextPanel, .previousPanel]
    case .backTab: [.previousPanel, .nextPanel]
    case .left: [.sortLeft, .sortRight]
    case .right: [.sortRight, .sortLeft]
    case .character, .control, .delete, .insert, .function, .mouse, .pasted, .unknown: nil
    }
  }

  /// Whether nobody presses it by accident: no lower-case letter, digit or blank.
  fileprivate var isDeliberate: Bool {
    switch self {
    case .character(let scalar):
      !scalar.properties.isLowercase && !scalar.properties.isWhitespace
        && scalar.properties.numericType == nil
    case .control, .function, .delete, .insert: true
    case .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab, .enter,
      .escape, .backspace, .mouse, .pasted, .unknown:
      false
    }
  }
}
