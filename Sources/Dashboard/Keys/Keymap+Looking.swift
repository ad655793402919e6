import Canvas

extension Keymap {
  private static let tables: Set<KeyBinding.Place> = Set.screens.subtracting([.topology])

  static let looking: [KeyBinding] = [
    KeyBinding(
      .why,
      [.character("d")],
      "why",
      "Diagnosis: the evidence of what is wrong with the row under the cursor, else of the worst, "
        + "since when, how far it reaches and what to try; ← → go to the others.",
      in: .look,
      at: .screens,
      footer: 5
    ),
    KeyBinding(
      .filter,
      [.character("/"), .function(4)],
      "filter",
      "Show only what fits: words, !not, ~regex, ready>1000, state:backlog, all of them at once. "
        + "In the help, search.",
      in: .look,
      at: .everywhere,
      border: [.queues],
      footer: 6
    ),
    KeyBinding(
      .trouble,
      [.character("!")],
      "trouble",
      "Show only the rows with something wrong.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .sort,
      [.character("s"), .function(6)],
      "sort",
      "Choose the column to sort by; the same again turns the order round.",
      in: .look,
      at: tables,
      footer: 14
    ),
    KeyBinding(
      .invertSort,
      [.character("I")],
      "invert",
      "Turn the order round.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .wide,
      [.character("w")],
      "wide",
      "All columns, moved along with ← and →; again for few.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .columns,
      [.character("W")],
      "columns",
      "Choose which columns there are and in what order; remembered in the config file.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .scrubBack,
      [.character("[")],
      "earlier",
      "Freeze the screen as it was one snapshot earlier, verdicts and charts included; 10 minutes "
        + "of it are remembered in full, and a day by the minute.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .scrubForward,
      [.character("]")],
      "later",
      "One snapshot later.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .scrubFarBack,
      [.character("\u{7B}")],
      "far earlier",
      "Ten snapshots earlier; on the overview and the lab's screen while they are frozen.",
      in: .look,
      at: Set.screens.subtracting([.overview, .lab])
    ),
    KeyBinding(
      .scrubFarForward,
      [.character("\u{7D}")],
      "far later",
      "Ten snapshots later; on the overview and the lab's screen while they are frozen.",
      in: .look,
      at: Set.screens.subtracting([.overview, .lab])
    ),
    KeyBinding(
      .goLive,
      [.character("0")],
      "live",
      "Let a frozen screen go: on with what is now.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .zoomOut,
      [.character(")")],
      "longer",
      "Charts of a longer time: 60 s, 5 m, 10 m.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .zoomIn,
      [.character("(")],
      "shorter",
      "Charts of a shorter time.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .record,
      [.character("R")],
      "record",
      "Record all that the dashboard is told into a new file here, for sluice replay; again to stop.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .mark,
      [.character(" ")],
      "mark",
      "Mark the row and go to the next; what acts then acts on all marked rows.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .markAll,
      [.character("*")],
      "mark all",
      "Mark all rows that are shown, or none.",
      in: .look,
      at: tables
    ),
    KeyBinding(
      .freeze,
      [.character("z")],
      "freeze",
      "Freeze the whole screen, and let it go again. Recording goes on behind it.",
      in: .look,
      at: .screens,
      footer: 13
    ),
    KeyBinding(
      .peek,
      [.character("m")],
      "look",
      "Look at the messages at the head of the queue; nothing is consumed. Again for fresh ones.",
      in: .look,
      at: .screens,
      border: [.messages],
      footer: 12
    ),
    KeyBinding(
      .tap,
      [.character("T")],
      "tap",
      "See messages pass live through the queue or exchange, beside its consumers.",
      in: .look,
      at: [.overview, .queues, .exchanges, .queue, .exchange],
      border: [.messages]
    ),
    KeyBinding(
      .copy,
      [.character("y")],
      "copy",
      "Copy the row's name to the clipboard (OSC 52).",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .export,
      [.character("E")],
      "export",
      "Write a file: an incident report of the last 1, 5 or 10 minutes, this table as CSV or JSON, "
        + "or this screen as text.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .theme,
      [.character("t")],
      "theme",
      "Choose a theme; each is shown while it is chosen.",
      in: .look,
      at: .everywhere
    ),
    KeyBinding(
      .palette,
      [.character(":")],
      "command",
      "Do anything by its name.",
      in: .look,
      at: .everywhere,
      footer: 16
    ),
    KeyBinding(
      .rowMenu,
      [.character(".")],
      "menu",
      "What can be done with the row; the right button too.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .refreshFaster,
      [.character(">")],
      "faster",
      "Refresh more often, down to each 100 ms.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .refreshSlower,
      [.character("<")],
      "slower",
      "Refresh less often, up to each 10 s.",
      in: .look,
      at: .screens
    ),
    KeyBinding(
      .help,
      [.character("?"), .function(1)],
      "help",
      "The keys of this screen; again for those of all, again to close.",
      in: .look,
      at: .everywhere,
      footer: 0
    ),
    KeyBinding(
      .close,
      [.escape, .backspace, .control("g")],
      "back",
      "Clear the filter or the marks, let a frozen screen go, or back to the screen before.",
      in: .look,
      at: .everywhere
    ),
    KeyBinding(
      .repaint,
      [.control("l")],
      "repaint",
      "Draw everything again.",
      in: .look,
      at: .everywhere
    ),
  ]
}
