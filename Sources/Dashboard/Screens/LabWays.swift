import Canvas
import Telemetry

/// What customers saw of each way of calling, side by side.
extension Painter {
  /// The narrowest panel in which a request can be drawn as bars.
  private static let narrowestWay = 34

  mutating func drawWays(in area: Rectangle) {
    let ways = picture.lab?.ways ?? []
    guard !ways.isEmpty else {
      let inside = frame(.ways, in: area, title: [Span("what customers see", .title)])
      drawLines(waysNothing, in: table(in: inside), from: 0)
      return
    }
    let isStacked = area.columns / ways.count < Self.narrowestWay || area.rows < 5
    if isStacked {
      draw(stacked: ways, in: area)
      return
    }
    spot(area, .panel(.ways))
    for (way, part) in zip(ways, Layout.columns(of: area, count: ways.count)) {
      draw(way, in: part)
    }
  }

  private var waysNothing: String {
    guard let lab = picture.lab else { return "the scenario has not started yet" }
    switch lab.state {
    case .starting: return "the services are starting; nobody has come yet"
    case .running, .draining: return "nobody has come yet"
    case .stopped: return "the scenario has ended"
    case .failed(let reason): return "could not start: " + reason
    }
  }

  /// A way in some lines, one below the other, where they have no room beside each other.
  private mutating func draw(stacked ways: [CallWaySnapshot], in area: Rectangle) {
    var inside = area
    if area.rows > ways.count, layout.hasRules || layout.isBoxed {
      inside = frame(.ways, in: area, title: [Span("what customers see", .title)])
    } else {
      spot(area, .panel(.ways))
    }
    let each = max(1, inside.rows / ways.count)
    for (index, way) in ways.enumerated() where index < inside.rows {
      let lines = [
        shortLine(way), latencyLine(way, columns: inside.columns - 3), threadsLine(way),
        doneLine(way, columns: inside.columns - 3),
      ]
      let rows = min(each, inside.rows - index * each)
      for (row, line) in lines.filter({ !$0.isEmpty }).prefix(rows).enumerated() {
        grid.put(
          (row == 0 ? [] : [Span("   ")]) + line,
          at: inside.line(index * each + row).origin,
          limit: inside.columns,
          ellipsis: glyphs.ellipsis
        )
      }
    }
  }

  /// The most important of a way on one line: `A ✗ cascades p95 5 000 ms failed 64%`.
  private func shortLine(_ way: CallWaySnapshot) -> [Span] {
    let verdict = picture.verdict(of: way)
    let figures = picture.figures(of: way)
    var line = [
      Span(" \(way.way.letter) ", way.way.role), Span("\(verdict.glyph(glyphs)) ", verdict.role),
      Span(verdict.word, verdict.role),
      Span(" p95 "), Span(Format.milliseconds(way.latency?.p95), way.way.role), Span("ms"),
    ]
    if let share = figures.failedShare, share > 0 {
      line.append(Span(" failed \(percent(share))", .labFault))
    }
    line.append(Span(" done " + Format.rate(figures.done), .metricAck))
    line.append(Span(" of " + Format.rate(figures.offered) + "/s"))
    return line
  }

  private func percent(_ share: Double) -> String {
    let value = share * 100
    return value > 0 && value < 1 ? "<1%" : "\(Int(value + 0.5))%"
  }

  // MARK: - A panel

  private mutating func draw(_ way: CallWaySnapshot, in area: Rectangle) {
    let verdict = picture.verdict(of: way)
    let name = way.title.isEmpty ? way.way.title : way.title
    let isLast = picture.lab?.ways.last?.way == way.way
    let bindings = hinted(.ways)
    let hints = Self.joined(bindings.map { hint($0) })
    let box = Box(
      title: [
        Span(way.way.letter + " ", way.way.role),
        Span(
          TextCut.end(
            SafeText.clean(name),
            columns: max(0, area.columns - 14 - verdict.word.utf8.count),
            ellipsis: glyphs.ellipsis
          ),
          .title
        ),
      ],
      corner: [Span("\(verdict.glyph(glyphs)) \(verdict.word)", verdict.role)],
      footerCorner: isLast && layout.isBoxed ? hints : [],
      isFocused: model.focus == .ways && model.dialog == nil
    )
    if layout.isBoxed {
      grid.draw(box, in: area, glyphs: glyphs)
      if isLast {
        spotHints(
          bindings,
          from: area.endColumn - 3 - hints.columns,
          in: area,
          row: area.endRow - 1
        )
      }
    } else {
      grid.draw(rule: box, in: area, glyphs: glyphs)
    }
    let inside = layout.inside(area)
    let text = Rectangle(
      column: inside.column + 1,
      row: inside.row,
      columns: inside.columns - 2,
      rows: inside.rows
    )
    drawRequest(way, in: text)
  }

  /// The lines of a way: the figures below always, above them as much of a request as there is
  /// room for.
  private mutating func drawRequest(_ way: CallWaySnapshot, in area: Rectangle) {
    let behind = way.way == .synchronous ? [] : behindLines(way.way, columns: area.columns)
    var below: [[Span]] = []
    let figures = figureLines(way, columns: area.columns)
    let room = area.rows - figures.count
    below = Array(behind.prefix(max(0, min(behind.count, room - 3)))) + figures
    if room < 2, !behind.isEmpty, area.rows > figures.count {
      below = [behind[0]] + figures
    }
    below = Array(below.suffix(area.rows))
    let rows = area.rows - below.count
    if rows > 0 { drawWaterfall(way, in: area, rows: rows) }
    for (offset, line) in below.enumerated() {
      grid.put(
        line,
        at: area.line(rows + offset).origin,
        limit: area.columns,
        ellipsis: glyphs.ellipsis
      )
    }
  }

  /// p50 and its like, what is done of what is offered, and what threads wait for.
  private func figureLines(_ way: CallWaySnapshot, columns: Int) -> [[Span]] {
    let latency = latencyLine(way, columns: columns)
    let done = doneLine(way, columns: columns)
    let isFull = way.threads > 0 && way.busyThreads >= way.threads
    let threads = threadsLine(way)
    if !isFull, done.columns + 3 + threads.columns > columns { return [latency, done] }
    let joined = done + (threads.isEmpty ? [] : [Span("   ")] + threads)
    if threads.isEmpty || joined.columns <= columns { return [latency, joined] }
    return [latency, done, threads]
  }

  /// The percentiles and the part that failed: as much of it as fits.
  private func latencyLine(_ way: CallWaySnapshot, columns: Int) -> [Span] {
    let latency = way.latency
    let share = picture.figures(of: way).failedShare ?? 0
    let failed = Span("failed \(percent(share))", share > 0 ? .labFault : .muted)
    func line(_ values: [(String, Double?)], padding: Int, gap: String) -> [Span] {
      values.flatMap { name, value in
        [
          Span(name + " ", .muted),
          Span(padded(Format.milliseconds(value), to: padding), way.way.role),
        ]
      } + [Span("ms" + gap, .muted), failed]
    }
    let all = [("p50", latency?.p50), ("p95", latency?.p95), ("p99", latency?.p99)]
    let choices = [
      line(all, padding: 7, gap: "   "), line(all, padding: 0, gap: " "),
      line(Array(all.prefix(2)), padding: 0, gap: " "),
    ]
    return choices.first { $0.columns <= columns } ?? line([all[1]], padding: 0, gap: " ")
  }

  private func doneLine(_ way: CallWaySnapshot, columns: Int) -> [Span] {
    let figures = picture.figures(of: way)
    var line = [
      Span("done ", .muted), Span(Format.rate(figures.done), .metricAck),
      Span(" of ", .muted), Span(Format.rate(figures.offered) + "/s"),
    ]
    if way.refused > 0 {
      line.append(Span("  \(Format.count(way.refused)) refused", .alertWarning))
    }
    let declined = Span("  \(Format.short(Double(way.declined))) declined", .muted)
    if way.declined > 0, line.columns + declined.columns <= columns { line.append(declined) }
    return line
  }

  private func threadsLine(_ way: CallWaySnapshot) -> [Span] {
    guard way.threads > 0 else { return [] }
    let isFull = way.busyThreads >= way.threads
    var text = "\(Format.count(way.busyThreads))/\(Format.count(way.threads)) threads"
    if isFull, let step = way.waitsFor { text += " wait for \(step)" }
    var line: [Span] = []
    if isFull { line.append(Span("\(glyphs.alert) ", .stateStuck)) }
    line.append(Span(text, isFull ? .stateStuck : .muted))
    if way.waitingRequests > 0 {
      line.append(Span(", \(Format.count(way.waitingRequests)) queue up", .alertWarning))
    }
    return line
  }

  // MARK: - What goes on behind the answer

  /// Each queue: its pace, or how many wait, as many to a line as fit.
  private func behindLines(_ way: CallWay, columns: Int) -> [[Span]] {
    let all = (picture.lab?.queues ?? []).filter { $0.ways.contains(way) }
    // Those that are late first: the rest may be cut.
    let accounts =
      all.filter { picture.figures(of: $0).isBackingUp }
      + all.filter { !picture.figures(of: $0).isBackingUp }
    var lines: [[Span]] = []
    var line: [Span] = []
    let separator = [Span(" \(glyphs.separator) ", .muted)]
    for account in accounts {
      let part = behind(account)
      if !line.isEmpty, line.columns + separator.columns + part.columns > columns {
        lines.append(line)
        line = []
      }
      line += (line.isEmpty ? [] : separator) + part
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private func behind(_ account: LabQueueSnapshot) -> [Span] {
    let figures = picture.figures(of: account)
    let name = TextCut.end(
      SafeText.clean(account.service),
      columns: 16,
      ellipsis: glyphs.ellipsis
    )
    let rate = Format.rate(figures.rate) + "/s"
    if figures.isBackingUp {
      return [
        Span(name + " "), Span("\(glyphs.alert) ", .alertWarning),
        Span("\(rate), \(Format.count(account.waiting)) waiting", .alertWarning),
      ]
    }
    if account.waiting >= Limits.backlogMessages, let seconds = account.drainSeconds {
      return [
        Span(name + " "),
        Span(
          "\(rate), \(Format.count(account.waiting)) waiting, gone in \(Format.span(seconds))",
          .stateDraining
        ),
      ]
    }
    return [Span(name + " "), Span("\(glyphs.ok) ", .stateOK), Span(rate, .muted)]
  }
}
