import Canvas
import Telemetry

/// The help: the key table, and what the glyphs and words mean.
enum HelpScreen {
  /// How many lines of it a screen shows.
  static func visibleLines(in size: Size) -> Int {
    max(1, size.rows - (isBoxed(size) ? 3 : 2))
  }

  /// How many lines there are for a model's width.
  static func lineCount(for model: Model) -> Int {
    lines(for: model).count
  }

  static func isBoxed(_ size: Size) -> Bool {
    size.columns >= 60 && size.rows >= 12
  }

  /// Returns the whole text, broken to the screen's width, in two columns where they fit.
  static func lines(for model: Model) -> [[Span]] {
    let whole = model.size.columns - (isBoxed(model.size) ? 4 : 1)
    if !model.help.search.isEmpty { return found(for: model, width: whole) }
    if whole < twoColumnsWidth { return joined(blocks(for: model, width: whole)) }
    let width = (whole - columnGap) / 2
    let all = blocks(for: model, width: width)
    let total = joined(all).count
    var leftCount = 0
    while joined(Array(all.prefix(leftCount))).count < total / 2 { leftCount += 1 }
    let left = joined(Array(all.prefix(leftCount)))
    let right = joined(Array(all.dropFirst(leftCount)))
    return (0..<max(left.count, right.count)).map { row in
      let first = row < left.count ? left[row] : []
      guard row < right.count, !right[row].isEmpty else { return first }
      let missing = width + columnGap - first.columns
      return first + [Span(String(repeating: " ", count: max(1, missing)))] + right[row]
    }
  }

  /// From this width on the help stands in two columns.
  private static let twoColumnsWidth = 96
  private static let columnGap = 3

  private static func joined(_ blocks: [[[Span]]]) -> [[Span]] {
    Array(blocks.joined(separator: [[]]))
  }

  /// A block for each chapter of the key table and each legend.
  private static func blocks(for model: Model, width: Int) -> [[[Span]]] {
    let glyphs = model.glyphs
    var blocks: [[[Span]]] = KeyBinding.Chapter.allCases.map { chapter in
      let bindings = bindings(for: model).filter { $0.chapter == chapter }
      if bindings.isEmpty { return [] }
      return [[Span(chapter.rawValue, .title)]]
        + bindings.flatMap { lines(of: $0, glyphs: glyphs, width: width) }
    }.filter { !$0.isEmpty }
    blocks.append(
      [[Span("words of a queue", .title)]]
        + QueueState.allCases.flatMap {
          legend("\($0.glyph(glyphs)) \($0.word)", $0.role, $0.meaning, width)
        }
    )
    blocks.append(
      [[Span("words of a consumer", .title)]]
        + ConsumerState.allCases.flatMap {
          legend("\($0.glyph(glyphs)) \($0.word)", $0.role, $0.meaning, width)
        }
    )
    if model.options.hasLab {
      blocks.append(
        [[Span("words of a way of calling", .title)]]
          + Picture.WayVerdict.allCases.flatMap {
            legend("\($0.glyph(glyphs)) \($0.word)", $0.role, $0.meaning, width)
          }
          + legend(
            "again twice",
            .base,
            "Messages that were worked on again; of them those that changed something twice.",
            width
          )
      )
    }
    let seconds = Int(Limits.rateSeconds)
    blocks.append(
      [[Span("figures", .title)]]
        + legend(Format.none, .base, "No data: never the same as 0.", width)
        + legend("in/s ack/s", .base, "Averages of the last \(seconds) s, from sums.", width)
        + legend("held", .base, "Messages not yet acknowledged, of the prefetch limit.", width)
        + legend(
          "p50 p95 n",
          .base,
          "Half and 95 % of the customers waited no longer; n were measured.",
          width
        )
    )
    return blocks
  }

  /// The keys of the screen that the help is about, or of all.
  private static func bindings(for model: Model) -> [KeyBinding] {
    let place = model.screenUnderHelp.place
    return model.keymap.bindings.filter { model.help.isWhole || $0.places.contains(place) }
  }

  /// What has the words that are looked for: each match whole, with its key.
  private static func found(for model: Model, width: Int) -> [[Span]] {
    let words = model.help.search.lowercased().split(separator: " ").map(String.init)
    let all = blocks(for: model, width: .max / 2).flatMap { $0.dropFirst() }
    let fitting = all.filter { line in
      let text = line.map(\.text).joined()
      return words.allSatisfy { TextSearch.contains($0, in: text) }
    }
    return fitting.flatMap { line -> [[Span]] in
      guard line.count == 3 else { return [line] }
      let label = line[0].text.drop { $0 == " " }
      return legend(String(label), line[0].style.role, line[2].text, width)
    }
  }

  private static let labelColumns = 14

  private static func lines(of binding: KeyBinding, glyphs: Glyphs, width: Int) -> [[Span]] {
    let label = glyphs.isASCII ? KeyBinding.ascii(binding.label) : binding.label
    return legend(label, .key, binding.help, width)
  }

  private static func legend(
    _ label: String,
    _ role: Role,
    _ text: String,
    _ width: Int
  ) -> [[Span]] {
    let indent = min(labelColumns, max(6, width / 3))
    var result: [[Span]] = []
    for line in wrapped(text, columns: max(8, width - indent - 2)) {
      let shownLabel = result.isEmpty ? label : ""
      let missing = indent - CharacterWidth.columns(of: shownLabel)
      result.append([
        Span("  " + shownLabel, role),
        Span(String(repeating: " ", count: max(1, missing))),
        Span(line),
      ])
    }
    return result
  }

  private static func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.utf8.count + word.utf8.count + 1 > columns {
        lines.append(line)
        line = String(word)
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}

extension Painter {
  mutating func drawHelp() {
    let size = model.size
    let lines = HelpScreen.lines(for: model)
    let visible = HelpScreen.visibleLines(in: size)
    let top = min(model.help.top, max(0, lines.count - visible))
    let shown = lines[top..<min(lines.count, top + visible)]
    let footer = Rectangle(size).line(max(0, size.rows - 1))
    let whole = Rectangle(column: 0, row: 0, columns: size.columns, rows: size.rows - 1)
    let position = shown.isEmpty ? "nothing" : "\(top + 1)-\(top + shown.count) of \(lines.count)"
    var inside = whole
    if HelpScreen.isBoxed(size) {
      let box = Box(
        title: [Span("help", .title), Span(helpSubject)] + helpSearch,
        corner: [
          Span("/", .key), Span(" search  "), Span("?", .key),
          Span(model.help.isWhole ? " close  " : " all keys  "), Span("Esc", .key), Span(" back"),
        ],
        footerCorner: [Span(position, .muted)],
        isFocused: true
      )
      inside = grid.draw(box, in: whole, glyphs: glyphs).inset(columns: 1, rows: 0)
    } else if size.rows > 2 {
      grid.put(
        [Span(" help ", .title), Span(position, .muted)] + helpSearch,
        at: whole.origin,
        limit: whole.columns
      )
      inside = Rectangle(column: 0, row: 1, columns: whole.columns, rows: whole.rows - 1)
    }
    for (row, line) in shown.enumerated() where row < inside.rows {
      grid.put(line, at: inside.line(row).origin, limit: inside.columns, ellipsis: glyphs.ellipsis)
    }
    drawKeys(in: footer, at: .help)
  }

  private var helpSubject: String {
    let title = model.screenUnderHelp.title
    let isNumbered = Screen.numbered.contains(model.screenUnderHelp)
    let screen = isNumbered ? title.lowercased() : title
    return model.help.isWhole ? " keys of all screens" : " keys of the \(screen)"
  }

  private var helpSearch: [Span] {
    if model.filterField != nil { return filterSpans }
    return model.help.search.isEmpty ? [] : [Span("  /", .key), Span(model.help.search, .match)]
  }
}

extension QueueState {
  /// A sentence for the help.
  var meaning: String {
    switch self {
    case .ok: "Messages come and go, or there are none."
    case .idle: "Nobody consumes, and nothing waits."
    case .paused: "You stopped its deliveries; messages still come in."
    case .noConsumer: "Messages wait and nobody consumes."
    case .stuck: "Its consumers hold messages and settle none, while others wait."
    case .poison: "A message comes back again and again."
    case .full: "It nears its length limit."
    case .slow: "Its consumers work all the time, and more comes in than they do."
    case .backlog: "It grows."
    case .old: "A message waits for long, though few do."
    case .leak: "It grows a little, for minutes."
    case .deadLetters: "Its messages die: rejected, expired, or beyond a limit."
    case .hoarding: "One consumer holds what others could do."
    case .surge: "Much more comes in than before."
    case .draining: "It shrinks: when it will be empty."
    }
  }
}

extension ConsumerState {
  /// A sentence for the help.
  var meaning: String {
    switch self {
    case .busy: "It holds messages, or settled some in the last seconds."
    case .idle: "It holds nothing and had nothing to do."
    case .paused: "You stopped its deliveries; what it holds it may settle."
    case .silent:
      "It holds messages and settled none for \(Int(Limits.silentConsumerSeconds)) s, while "
        + "others wait as long."
    case .killed: "Its process was killed; its messages went back to the queue."
    case .ended: "Its process ended by itself."
    case .starting: "Its process is on its way."
    }
  }
}
