/// The characters that stand for things, each with an ASCII twin.
package struct Glyphs: Hashable, Sendable {
  /// How boxes are drawn.
  package enum Borders: String, Hashable, Sendable, CaseIterable {
    case rounded
    case square
    case heavy
    case ascii
    /// Boxes without lines: only their labels.
    case none
  }

  /// How charts are drawn.
  package enum Graphs: String, Hashable, Sendable, CaseIterable {
    case braille
    case block
    case ascii
  }

  package var borders: Borders
  package var graphs: Graphs
  /// Before something that is wrong.
  package var alert: Unicode.Scalar
  /// Before something that is well.
  package var ok: Unicode.Scalar
  /// The twin of ``alert`` when there is no UTF-8.
  package var alertASCII: Unicode.Scalar
  /// The twin of ``ok`` when there is no UTF-8.
  package var okASCII: Unicode.Scalar
  /// Whether nothing but ASCII may be drawn, names from the network included.
  package var isASCII: Bool

  package init(
    borders: Borders = .rounded,
    graphs: Graphs = .braille,
    alert: (Unicode.Scalar, ascii: Unicode.Scalar) = ("▲", "!"),
    ok: (Unicode.Scalar, ascii: Unicode.Scalar) = ("●", "*")
  ) {
    self.borders = borders
    self.graphs = graphs
    self.alert = alert.0
    self.ok = ok.0
    alertASCII = alert.ascii
    okASCII = ok.ascii
    isASCII = false
  }

  /// Returns the same glyphs for a terminal without UTF-8.
  package func ascii() -> Glyphs {
    var twin = self
    twin.borders = borders == .none ? .none : .ascii
    twin.graphs = .ascii
    twin.alert = alertASCII
    twin.ok = okASCII
    twin.isASCII = true
    return twin
  }

  /// Before something that was stopped on purpose.
  package var paused: Unicode.Scalar { isASCII ? "=" : "‖" }
  /// While what is shown is recorded.
  package var recording: Unicode.Scalar { isASCII ? "*" : "●" }
  /// Before something that is no longer there.
  package var gone: Unicode.Scalar { isASCII ? "x" : "✗" }
  /// Before something that is not yet there.
  package var starting: Unicode.Scalar { isASCII ? "o" : "○" }
  /// Before the row that keys act on.
  package var cursor: Unicode.Scalar { isASCII ? ">" : "›" }
  /// Before a row that was marked.
  package var mark: Unicode.Scalar { isASCII ? "+" : "✓" }
  /// Behind the head of the column whose largest values stand first.
  package var sortedDown: Unicode.Scalar { isASCII ? "v" : "▾" }
  /// Behind the head of the column whose smallest values stand first.
  package var sortedUp: Unicode.Scalar { isASCII ? "^" : "▴" }
  /// To a thing that others follow at the same depth.
  package var branch: String { isASCII ? "|- " : "├─ " }
  /// To the last thing of its depth.
  package var lastBranch: String { isASCII ? "`- " : "└─ " }
  /// Beside things that hang deeper than the one that follows.
  package var trunk: String { isASCII ? "|  " : "│  " }
  /// The filled part of a gauge.
  package var gaugeFull: String { isASCII ? "#" : "▓" }
  /// The rest of a gauge.
  package var gaugeEmpty: String { isASCII ? "." : "░" }
  /// Where a text was cut.
  package var ellipsis: Unicode.Scalar { isASCII ? "~" : "…" }
  /// Between facts of one line.
  package var separator: Unicode.Scalar { isASCII ? "|" : "·" }
  /// From one thing to another.
  package var arrow: String { isASCII ? "->" : "→" }
  /// Where something began to be wrong, through a chart.
  package var onset: Unicode.Scalar { isASCII ? "|" : "┊" }
  /// Something that happened, on a chart's axis.
  package var tick: Unicode.Scalar { isASCII ? "'" : "╵" }
  /// What a person did here.
  package var byYou: Unicode.Scalar { isASCII ? ">" : "»" }
  /// More from here on.
  package var rising: Unicode.Scalar { isASCII ? "^" : "↑" }
  /// Less from here on.
  package var falling: Unicode.Scalar { isASCII ? "v" : "↓" }
}
