import Canvas

extension Keymap {
  static let moving: [KeyBinding] = [
    KeyBinding(
      .moveUp,
      [.up, .character("k")],
      "up",
      "One row up.",
      in: .move,
      at: .everywhere,
      pair: "↑k"
    ),
    KeyBinding(
      .moveDown,
      [.down, .character("j")],
      "move",
      "One row down.",
      in: .move,
      at: .everywhere,
      footer: 20,
      pair: "↑↓jk"
    ),
    KeyBinding(
      .pageUp,
      [.pageUp, .control("b"), .control("u")],
      "page up",
      "One page up.",
      in: .move,
      at: .everywhere
    ),
    KeyBinding(
      .pageDown,
      [.pageDown, .control("f"), .control("d")],
      "page down",
      "One page down.",
      in: .move,
      at: .everywhere
    ),
    KeyBinding(
      .moveFirst,
      [.home, .character("g")],
      "first",
      "The first row.",
      in: .move,
      at: .everywhere,
      pair: "g"
    ),
    KeyBinding(
      .moveLast,
      [.end, .character("G")],
      "last",
      "The last row.",
      in: .move,
      at: .everywhere,
      pair: "G"
    ),
    KeyBinding(
      .nextPanel,
      [.tab],
      "panel",
      "Give the keys to the next panel.",
      in: .move,
      at: Set.screens.subtracting(.lists),
      footer: 8
    ),
    KeyBinding(
      .previousPanel,
      [.backTab],
      "panel back",
      "Give the keys to the panel before.",
      in: .move,
      at: Set.screens.subtracting(.lists)
    ),
    KeyBinding(
      .sortLeft,
      [.left, .character("h")],
      "sort left",
      "Sort by the column to the left.",
      in: .move,
      at: .screens,
      pair: "←→"
    ),
    KeyBinding(
      .sortRight,
      [.right, .character("l")],
      "sort right",
      "Sort by the column to the right; a wide table moves along.",
      in: .move,
      at: .screens
    ),
  ]

  static let showing: [KeyBinding] = [
    KeyBinding(
      .showOverview,
      [.character("1")],
      "overview",
      "Everything on one screen.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showQueues,
      [.character("2")],
      "queues",
      "All queues.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showExchanges,
      [.character("3")],
      "exchanges",
      "All exchanges.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showConsumers,
      [.character("4")],
      "consumers",
      "All consumers.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showConnections,
      [.character("5")],
      "connections",
      "All connections.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showLab,
      [.character("6")],
      "lab",
      "The scenario that runs here.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showEvents,
      [.character("7")],
      "events",
      "What changed, the newest first.",
      in: .screens,
      at: .everywhere
    ),
    KeyBinding(
      .showTopology,
      [.character("v")],
      "topology",
      "How publishers, exchanges, bindings, queues and consumers hang together: of what is under "
        + "the cursor; again for everything.",
      in: .screens,
      at: .screens,
      footer: 15
    ),
    KeyBinding(
      .open,
      [.enter],
      "open",
      "Open what is under the cursor.",
      in: .screens,
      at: .screens,
      footer: 5
    ),
    KeyBinding(
      .enlarge,
      [.character("e")],
      "enlarge",
      "Let this panel fill the screen; again to return.",
      in: .screens,
      at: Set.screens.subtracting(.lists)
    ),
  ]

  static let leaving: [KeyBinding] = [
    KeyBinding(
      .quit,
      [.character("q")],
      "quit",
      "Back to the screen before; from the first, quit.",
      in: .leave,
      at: .everywhere,
      footer: 1
    ),
    KeyBinding(
      .quitNow,
      [.character("Q"), .control("c"), .function(10)],
      "quit now",
      "Quit from anywhere, out of a dialog too; where text is typed Q is a letter. The lab stops its services and prints its ledger.",
      in: .leave,
      at: .everywhere
    ),
    KeyBinding(
      .suspend,
      [.control("z")],
      "suspend",
      "Back to the shell; fg returns.",
      in: .leave,
      at: .everywhere
    ),
  ]
}
