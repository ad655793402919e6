package import Canvas

/// A row of the key table: the keys, what they do, and what is said about them.
package struct KeyBinding: Sendable, Hashable {
  /// A chapter of the help.
  package enum Chapter: String, Sendable, Hashable, CaseIterable {
    case move = "move"
    case screens = "screens"
    case look = "look"
    case act = "act"
    case forGood = "for good: capitals"
    case leave = "leave"
  }

  /// Where a key means something.
  package enum Place: String, Sendable, Hashable, CaseIterable {
    case overview
    case queues
    case exchanges
    case consumers
    case connections
    case lab
    case events
    case queue
    case exchange
    case consumer
    case connection
    case topology
    case help
  }

  package let action: Action
  package var keys: [Key]
  /// One or two words for the footer and the borders.
  package let hint: String
  /// A sentence for the help.
  package let help: String
  package let chapter: Chapter
  package let places: Set<Place>
  /// The panels in whose border it stands.
  package let panels: Set<Panel>
  /// Where it stands in the footer: the smallest stays longest; nil is not there.
  package let footerRank: Int?
  /// What stands in the footer instead of the first key, for two keys that belong together.
  private let pairLabel: String?

  init(
    _ action: Action,
    _ keys: [Key],
    _ hint: String,
    _ help: String,
    in chapter: Chapter,
    at places: Set<Place>,
    border panels: Set<Panel> = [],
    footer footerRank: Int? = nil,
    pair pairLabel: String? = nil
  ) {
    self.action = action
    self.keys = keys
    self.hint = hint
    self.help = help
    self.chapter = chapter
    self.places = places
    self.panels = panels
    self.footerRank = footerRank
    self.pairLabel = pairLabel
  }

  /// How the keys are written: `K F9`.
  package var label: String { keys.map(\.label).joined(separator: " ") }

  /// How they are written in the footer and in borders, where a second key is left out: `K`.
  package var shortLabel: String { pairLabel ?? keys.first?.label ?? "" }

  /// Whether it changes something that `u` cannot take back, or only by a new start.
  package var isForGood: Bool { chapter == .forGood }

  /// Returns this row with other keys, as a person's config file wants them.
  func bound(to keys: [Key]) -> KeyBinding {
    KeyBinding(
      action,
      keys,
      hint,
      help,
      in: chapter,
      at: places,
      border: panels,
      footer: footerRank
    )
  }

  /// Returns a label of this row without arrows, for terminals that cannot show them.
  package static func ascii(_ label: String) -> String {
    label == "↑↓jk"
      ? "jk"
      : label.split(separator: " ").map { Self.names[String($0)] ?? String($0) }
        .joined(separator: " ")
  }

  private static let names = ["↑": "Up", "↓": "Down", "←": "Left", "→": "Right", "←→": "h l"]
}

extension Set<KeyBinding.Place> {
  /// All screens, and the help.
  static var everywhere: Self { Set(KeyBinding.Place.allCases) }
  /// All screens that show the broker.
  static var screens: Self { everywhere.subtracting([.help]) }
  /// The screens with a table that fills them.
  static var lists: Self { [.queues, .exchanges, .consumers, .connections, .events] }
  /// The screens about one thing.
  static var details: Self { [.queue, .exchange, .consumer, .connection] }
}
