package import Canvas

/// What a key means without a screen.
package enum PlainCommand: Sendable, Hashable {
  case summary
  case help
  /// Hand it to ``update(_:_:)``.
  case press
  /// The end, without a question: there is nowhere to ask it.
  case quit
  /// It needs a screen, or means nothing at all.
  case nothing
}

/// The keys of the line mode: those of the one key table that need no cursor, and one for a summary.
package enum PlainKeys {
  private static let summaryKey = Key.character("s")

  /// In the order of the help.
  private static let actions: [Action] = [.burst, .loadUp, .loadDown, .mode, .undo, .quit]

  /// Returns what a key means.
  package static func command(for key: Key) -> PlainCommand {
    if key == summaryKey { return .summary }
    guard let action = Keymap.standard.binding(for: key, at: .overview)?.action else {
      return .nothing
    }
    if action == .help { return .help }
    if action == .quit || action == .quitNow { return .quit }
    return actions.contains(action) ? .press : .nothing
  }

  /// What is said about a key that means nothing.
  package static let refusal = "that key does nothing here; ? lists those that do"

  /// The keys with what they do, a line each.
  package static var help: [String] {
    let rows = actions.compactMap { Keymap.standard.binding(of: $0) }
    return ["s: how it is now", "?: these keys"]
      + rows.map { KeyBinding.ascii($0.label) + ": " + SafeText.clean($0.help) }
  }
}
