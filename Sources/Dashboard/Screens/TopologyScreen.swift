import Canvas
import Telemetry

/// The lines of the topology.
extension Painter {
  mutating func drawTopology(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .topology)
    let about: String =
      switch model.screen.subject {
      case .queue(let queue): " of \(queue.shownName)"
      case .exchange(let exchange): " of \(exchange.shownName)"
      case .everything, .consumer, .connection: ""
      }
    let inside = frame(
      .topology,
      in: area,
      title: [Span("topology", .title), Span(about)],
      footerCorner: position(of: .topology, capacity: capacity)
    )
    let lines = model.topology
    if lines.isEmpty {
      let isKnown = picture.broker?.details?.watch == .topology
      drawNothing(
        isKnown
          ? "no exchange is bound to a queue yet" : "asking the broker how things hang together",
        in: table(in: inside).line(0)
      )
      return
    }
    for (offset, index) in visibleRows(of: .topology, capacity: capacity).enumerated() {
      let line = inside.line(offset)
      spot(line, .row(.topology, index: index))
      let text = [Span(" ")] + branch(index, lines) + spans(of: lines[index].content)
      grid.put(text, at: line.origin, limit: line.columns, ellipsis: glyphs.ellipsis)
      if isUnderCursor(index, of: .topology) { markCursor(in: line) }
    }
  }

  /// The lines that lead to a line from those that it hangs on.
  private func branch(_ index: Int, _ lines: [TopologyLine]) -> [Span] {
    let line = lines[index]
    if case .publisher = line.content { return [Span("  ")] }
    if line.depth == 0 { return [] }
    var text = ""
    for depth in 1...line.depth {
      let goesOn = continues(depth, after: index, lines)
      if depth == line.depth {
        text += goesOn ? glyphs.branch : glyphs.lastBranch
      } else {
        text += goesOn ? glyphs.trunk : "   "
      }
    }
    return [Span(text, .border)]
  }

  /// Whether another line follows at a depth, before one that is less deep.
  private func continues(_ depth: Int, after index: Int, _ lines: [TopologyLine]) -> Bool {
    for next in lines[(index + 1)...] {
      if case .publisher = next.content { return false }
      if next.depth < depth { return false }
      if next.depth == depth { return true }
    }
    return false
  }

  private func spans(of content: TopologyLine.Content) -> [Span] {
    func rate(_ value: Double?, _ role: Role) -> Span {
      Span(value == nil ? Format.none : Format.rate(value) + "/s", (value ?? 0) > 0 ? role : .muted)
    }
    switch content {
    case .publisher(let name, let value):
      return [
        Span(name, .kindProducer), Span(" \(glyphs.arrow) ", .muted), rate(value, .metricPublish),
      ]
    case .exchange(let name, let type, let value, let dropped):
      var spans = [
        Span(name, .kindExchange), Span(" (\(type)) ", .muted), rate(value, .metricPublish),
      ]
      if dropped > 0 {
        spans.append(Span("  \(glyphs.alert) \(Format.count(dropped)) dropped", .metricDrop))
      }
      return spans
    case .binding(let key, let value, let isNeverHit, let leadsTo, let isExchange):
      return [
        Span(key.isEmpty ? "(no key)" : key, .kindBinding), Span("  "), rate(value, .metricDeliver),
        Span(isNeverHit ? " never hit" : "", .stateNone), Span(" \(glyphs.arrow) ", .muted),
        Span(leadsTo, isExchange ? .kindExchange : .kindQueue),
      ]
    case .queue(let name, let ready, let share, let state):
      return [
        Span(name + " ", .kindQueue), Span(gauge(share), .metricReady),
        Span(" " + Format.count(ready), .metricReady), Span(" ready  ", .muted),
        Span("\(state.glyph(glyphs)) \(state.word)", state.role),
      ]
    case .consumer(let name, let value, let state):
      return [
        Span(name + " ", .kindConsumer), rate(value, .metricAck),
        Span("  \(state.glyph(glyphs)) \(state.word)", state.role),
      ]
    case .noBinding: return [Span("\(glyphs.gone) nothing is bound to it", .stateNone)]
    case .noConsumer: return [Span("no consumer", .muted)]
    }
  }

  /// How full a queue is beside the fullest.
  private func gauge(_ share: Double) -> String {
    let columns = 10
    let filled = share > 0 ? max(1, Int(share * Double(columns) + 0.5)) : 0
    return String(repeating: glyphs.gaugeFull, count: filled)
      + String(repeating: glyphs.gaugeEmpty, count: columns - filled)
  }
}
