package import Canvas

/// A row of the key table: the keys, what they do, and what is said about them.
package struct KeyBinding: Sendable, Hashable {
  /// A chapter of the help.
  package enum Chapter: String, Sendable, Hashable, CaseIterable {
    case move = "move"
    case look = "look"
    case act = "act"
    case forGood = "for good: capitals"
    case leave = "leave"
  }

  /// Where a key means something.
  package enum Place: Sendable, Hashable, CaseIterable {
    case overview
    case help
  }

  package let action: Action
  package let keys: [Key]
  /// How the keys are written: `K F9`.
  package let label: String
  /// How they are written in the footer and in borders, where a second key is left out: `K`.
  package let shortLabel: String
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

  /// Returns a label of this row without arrows, for terminals that cannot show them.
  package static func ascii(_ label: String) -> String {
    label == "↑↓jk"
      ? "jk"
      : label.split(separator: " ").map { Self.names[String($0)] ?? String($0) }
        .joined(separator: " ")
  }

  private static let names = ["↑": "Up", "↓": "Down"]

  /// Whether it changes something that `u` cannot take back, or only by a new start.
  package var isForGood: Bool { chapter == .forGood }
}

/// The one table of keys: it drives the keys, the footer, the borders, the help and the tests.
package enum Keymap {
  package static let bindings: [KeyBinding] = moving + looking + acting + leaving

  /// Returns what a key does at a place; nil when it does nothing there.
  package static func binding(for key: Key, at place: KeyBinding.Place) -> KeyBinding? {
    byKey[place]?[key]
  }

  /// Returns the row of an action.
  package static func binding(of action: Action) -> KeyBinding? {
    byAction[action]
  }

  private static let byAction = Dictionary(
    bindings.map { ($0.action, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  private static let byKey: [KeyBinding.Place: [Key: KeyBinding]] = {
    var table: [KeyBinding.Place: [Key: KeyBinding]] = [:]
    for binding in bindings {
      for place in binding.places {
        for key in binding.keys { table[place, default: [:]][key] = binding }
      }
    }
    return table
  }()

  private static let everywhere: Set<KeyBinding.Place> = [.overview, .help]

  private static let moving: [KeyBinding] = [
    KeyBinding(
      action: .moveUp,
      keys: [.up, .character("k")],
      label: "↑ k",
      shortLabel: "↑k",
      hint: "up",
      help: "One row up.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .moveDown,
      keys: [.down, .character("j")],
      label: "↓ j",
      shortLabel: "↑↓jk",
      hint: "move",
      help: "One row down.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: 11
    ),
    KeyBinding(
      action: .pageUp,
      keys: [.pageUp, .control("b"), .control("u")],
      label: "PgUp ^B ^U",
      shortLabel: "PgUp",
      hint: "page up",
      help: "One page up.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .pageDown,
      keys: [.pageDown, .control("f"), .control("d")],
      label: "PgDn ^F ^D",
      shortLabel: "PgDn",
      hint: "page down",
      help: "One page down.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .moveFirst,
      keys: [.home, .character("g")],
      label: "Home g",
      shortLabel: "g",
      hint: "first",
      help: "The first row.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .moveLast,
      keys: [.end, .character("G")],
      label: "End G",
      shortLabel: "G",
      hint: "last",
      help: "The last row.",
      chapter: .move,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .nextPanel,
      keys: [.tab],
      label: "Tab",
      shortLabel: "Tab",
      hint: "panel",
      help: "Give the keys to the next panel.",
      chapter: .move,
      places: [.overview],
      panels: [],
      footerRank: 5
    ),
    KeyBinding(
      action: .previousPanel,
      keys: [.backTab],
      label: "S-Tab",
      shortLabel: "S-Tab",
      hint: "panel back",
      help: "Give the keys to the panel before.",
      chapter: .move,
      places: [.overview],
      panels: [],
      footerRank: nil
    ),
  ]

  private static let looking: [KeyBinding] = [
    KeyBinding(
      action: .freeze,
      keys: [.character("z")],
      label: "z",
      shortLabel: "z",
      hint: "freeze",
      help: "Freeze the whole screen, and let it go again. Recording goes on behind it.",
      chapter: .look,
      places: [.overview],
      panels: [],
      footerRank: 10
    ),
    KeyBinding(
      action: .help,
      keys: [.character("?"), .function(1)],
      label: "? F1",
      shortLabel: "?",
      hint: "help",
      help: "These pages; again to close them.",
      chapter: .look,
      places: everywhere,
      panels: [],
      footerRank: 0
    ),
    KeyBinding(
      action: .close,
      keys: [.escape, .control("g")],
      label: "Esc ^G",
      shortLabel: "Esc",
      hint: "back",
      help: "Close the help, or let a frozen screen go.",
      chapter: .look,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .repaint,
      keys: [.control("l")],
      label: "^L",
      shortLabel: "^L",
      hint: "repaint",
      help: "Draw everything again.",
      chapter: .look,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
  ]

  private static let acting: [KeyBinding] = [
    KeyBinding(
      action: .publishOne,
      keys: [.character("i")],
      label: "i",
      shortLabel: "i",
      hint: "publish",
      help: "Publish one message to the queue or exchange under the cursor; in the other panels, "
        + "send one customer for each way.",
      chapter: .act,
      places: [.overview],
      panels: [.queues, .exchanges],
      footerRank: 9
    ),
    KeyBinding(
      action: .burst,
      keys: [.character("b")],
      label: "b",
      shortLabel: "b",
      hint: "burst",
      help: "Send \(Limits.burstCount) customers at once for each way; without a running lab, as "
        + "many messages.",
      chapter: .act,
      places: [.overview],
      panels: [.lab],
      footerRank: 6
    ),
    KeyBinding(
      action: .loadUp,
      keys: [.character("+"), .character("=")],
      label: "+",
      shortLabel: "+-",
      hint: "load",
      help: "More customers a second, up to \(Format.rate(Limits.loads.last)).",
      chapter: .act,
      places: [.overview],
      panels: [.lab],
      footerRank: 7
    ),
    KeyBinding(
      action: .loadDown,
      keys: [.character("-")],
      label: "-",
      shortLabel: "-",
      hint: "less",
      help: "Fewer customers a second, down to none.",
      chapter: .act,
      places: [.overview],
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .mode,
      keys: [.character("x")],
      label: "x",
      shortLabel: "x",
      hint: "mode",
      help: "The way customers are served: sync (five calls in a row), async (through the "
        + "broker), or both side by side.",
      chapter: .act,
      places: [.overview],
      panels: [.lab],
      footerRank: 8
    ),
    KeyBinding(
      action: .pause,
      keys: [.character("p")],
      label: "p",
      shortLabel: "p",
      hint: "pause",
      help: "Pause the deliveries of the queue or consumer under the cursor, or let them go on.",
      chapter: .act,
      places: [.overview],
      panels: [.queues, .consumers],
      footerRank: 4
    ),
    KeyBinding(
      action: .undo,
      keys: [.character("u")],
      label: "u",
      shortLabel: "u",
      hint: "undo",
      help: "Bring back what was killed, or let go on what was paused: the newest first, or "
        + "what is under the cursor.",
      chapter: .act,
      places: [.overview],
      panels: [.consumers],
      footerRank: 3
    ),
    KeyBinding(
      action: .crash,
      keys: [.character("f")],
      label: "f",
      shortLabel: "f",
      hint: "crash",
      help: "Crash the broker and start it again: connections are cut and its memory is gone. "
        + "What was persistent and confirmed survives, the rest does not.",
      chapter: .act,
      places: [.overview],
      panels: [],
      footerRank: 10
    ),
    KeyBinding(
      action: .kill,
      keys: [.character("K"), .function(9)],
      label: "K F9",
      shortLabel: "K",
      hint: "kill",
      help: "Kill the consumer under the cursor: its process gets SIGKILL, or its connection is "
        + "cut when the process is not ours. u brings a process back.",
      chapter: .forGood,
      places: [.overview],
      panels: [.consumers],
      footerRank: 2
    ),
  ]

  private static let leaving: [KeyBinding] = [
    KeyBinding(
      action: .quit,
      keys: [.character("q")],
      label: "q",
      shortLabel: "q",
      hint: "quit",
      help: "Back to the screen before; from the overview, quit.",
      chapter: .leave,
      places: everywhere,
      panels: [],
      footerRank: 1
    ),
    KeyBinding(
      action: .quitNow,
      keys: [.character("Q"), .control("c"), .function(10)],
      label: "Q ^C F10",
      shortLabel: "Q",
      hint: "quit now",
      help: "Quit from anywhere. The lab stops its services and prints its ledger.",
      chapter: .leave,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
    KeyBinding(
      action: .suspend,
      keys: [.control("z")],
      label: "^Z",
      shortLabel: "^Z",
      hint: "suspend",
      help: "Back to the shell; fg returns.",
      chapter: .leave,
      places: everywhere,
      panels: [],
      footerRank: nil
    ),
  ]
}
