import Canvas
import Telemetry

/// The screens about one thing.
extension Painter {
  /// The screens that have a number, the one that is shown standing out.
  mutating func drawTabs() {
    guard let line = layout.tabs else { return }
    var column = 1
    let shown = model.path.last { Screen.numbered.contains($0) } ?? .overview
    for (index, screen) in Screen.numbered.enumerated() {
      if screen == .lab, !model.options.hasLab { continue }
      let isShown = screen == shown
      let count = count(of: screen)
      let isShort = line.columns < 100
      var spans = [Span("\(index + 1)", .key)]
      spans.append(Span(" " + screen.title, isShown ? .title : .muted, isShown ? .underline : []))
      if let count, !isShort { spans.append(Span(" " + Format.short(Double(count)), .muted)) }
      let width = spans.columns
      if column + width > line.columns { break }
      spot(
        Rectangle(column: line.column + column, row: line.row, columns: width, rows: 1),
        .screen(screen)
      )
      grid.put(spans, at: line.shifted(column), limit: line.columns - column)
      column += width + (isShort ? 1 : 3)
    }
  }

  private func count(of screen: Screen) -> Int? {
    guard let broker = picture.broker else { return nil }
    switch screen {
    case .queues: return broker.queues.count
    case .exchanges: return broker.exchanges.count
    case .consumers: return broker.consumers.count
    case .connections: return broker.connections.count
    case .events: return picture.log.events.count
    case .overview, .lab, .queue, .exchange, .consumer, .connection, .topology, .help: return nil
    }
  }

  /// What the screen is about: its name, its state, its most important numbers.
  mutating func drawSubject() {
    guard let area = layout.subject else { return }
    let lines: [[Span]]
    switch model.screen {
    case .queue(let identity): lines = queueLines(identity)
    case .exchange(let identity): lines = exchangeLines(identity)
    case .consumer(let identifier): lines = consumerLines(identifier)
    case .connection(let identifier): lines = connectionLines(identifier)
    case .lab: lines = [labLine(columns: area.columns)]
    case .overview, .queues, .exchanges, .consumers, .connections, .events, .topology, .help:
      lines = []
    }
    for (row, spans) in lines.prefix(area.rows).enumerated() {
      grid.put(
        spans,
        at: area.line(row).origin,
        limit: area.columns,
        ellipsis: glyphs.ellipsis
      )
    }
  }

  /// The most important numbers of a row, each with its name.
  private func facts<Row: TableRow>(of row: Row, _ fields: [(Row.Field, String)]) -> [Span] {
    Self.joined(
      fields.map { field, name in
        let (text, role) = row.text(of: field, glyphs: glyphs)
        return [Span(name + " ", .muted), Span(text, role)]
      }
    )
  }

  private func gone(_ kind: String, _ name: String) -> [[Span]] {
    [
      [Span(" \(kind) ", .muted), Span(name, .title), Span("  \(glyphs.gone) gone", .stateGone)],
      [Span(" it is no longer there; q goes back", .muted)],
    ]
  }

  private func queueLines(_ identity: QueueIdentity) -> [[Span]] {
    let queues = picture.broker?.queues ?? []
    guard let index = queues.firstIndex(where: { $0.identity == identity }),
      let row = QueueRow(at: index, in: picture)
    else { return gone("queue", identity.shownName) }
    let state = row.text(of: .state, glyphs: glyphs)
    let facts: [(QueueField, String)] = [
      (.ready, "ready"), (.unacked, "unacked"), (.arrivals, "in/s"),
      (.deliveries, "deliver/s"), (.acks, "ack/s"), (.redeliveries, "redeliver/s"),
      (.oldest, "oldest"), (.bytes, "bytes"), (.expired, "expired"),
      (.deadLettered, "dead-lettered"), (.dropped, "dropped"),
    ]
    var first = [
      Span(" queue ", .muted), Span(identity.shownName, .title), Span("  "),
      Span(state.0, state.1), Span("  " + row.text(of: .features, glyphs: glyphs).0, .muted),
    ]
    if let time = row.queue.timeToAcknowledgement {
      first += [
        Span("  from publish to ack p50 ", .muted), Span(Format.milliseconds(time.p50Milliseconds)),
        Span(" p95 ", .muted), Span(Format.milliseconds(time.p95Milliseconds) + " ms"),
        Span(" n " + Format.count(time.sampleCount), .muted),
      ]
    }
    return [
      first,
      [Span(" ")] + self.facts(of: row, facts),
    ]
  }

  private func exchangeLines(_ identity: ExchangeIdentity) -> [[Span]] {
    let exchanges = picture.broker?.exchanges ?? []
    guard let index = exchanges.firstIndex(where: { $0.identity == identity }),
      let row = ExchangeRow(at: index, in: picture)
    else { return gone("exchange", identity.shownName) }
    let facts: [(ExchangeField, String)] = [
      (.arrivals, "in/s"), (.routed, "out/s"), (.bindings, "bindings"),
      (.dropped, "dropped"), (.delayed, "delayed"),
    ]
    var second = [Span(" ")] + self.facts(of: row, facts)
    if let key = row.exchange.lastUnroutableKey {
      second += [
        Span("  last dropped key ", .muted), Span(key.isEmpty ? "(empty)" : key, .metricDrop),
      ]
      if let nearest = nearestKey(to: key, of: row.exchange) {
        second += [Span("  nearest binding ", .muted), Span(nearest, .kindBinding)]
      }
    }
    return [
      [
        Span(" exchange ", .muted), Span(identity.shownName, .title),
        Span("  " + row.exchange.type),
        Span("  " + row.text(of: .features, glyphs: glyphs).0, .muted),
      ],
      second,
    ]
  }

  /// The binding's key that is most like a key that found none.
  private func nearestKey(to key: String, of exchange: ExchangeSnapshot) -> String? {
    if let nearest = exchange.nearestBindingKey { return nearest }
    var nearest = NearestKey(to: key.utf8, arePatterns: exchange.type == "topic")
    let bindings = picture.broker?.details?.bindings ?? []
    let keys = Set(bindings.filter { $0.source == exchange.name }.map(\.routingKey))
    for key in keys.sorted() { nearest.compare(Array(key.utf8)) }
    return nearest.found
  }

  private func consumerLines(_ identifier: UInt64) -> [[Span]] {
    guard
      let index = picture.consumerRows.firstIndex(where: { row in
        if case .consumer(let place) = row.subject {
          return picture.broker?.consumers[place].identifier == identifier
        }
        return false
      }), let row = ConsumerTableRow(at: index, in: picture)
    else { return gone("consumer", "\(identifier)") }
    let facts: [(ConsumerField, String)] = [
      (.held, "holds"), (.acks, "ack/s"), (.p50, "p50 ms"),
      (.p95, "p95 ms"), (.lastAck, "last ack"), (.oldestHeld, "oldest held"),
      (.redelivered, "redelivered"), (.priority, "priority"),
    ]
    let state = row.text(of: .state, glyphs: glyphs)
    return [
      [
        Span(" consumer ", .muted), Span(row.name, .title), Span("  "), Span(state.0, state.1),
        Span("  of ", .muted), Span(row.text(of: .queue, glyphs: glyphs).0, .kindQueue),
        Span("  over ", .muted), Span(row.text(of: .connection, glyphs: glyphs).0),
      ],
      [Span(" ")] + self.facts(of: row, facts),
    ]
  }

  private func connectionLines(_ identifier: UInt64) -> [[Span]] {
    let connections = picture.broker?.connections ?? []
    guard let index = connections.firstIndex(where: { $0.identifier == identifier }),
      let row = ConnectionRow(at: index, in: picture)
    else { return gone("connection", "\(identifier)") }
    let facts: [(ConnectionField, String)] = [
      (.channels, "channels"), (.consumers, "consumers"),
      (.published, "publish/s"), (.received, "from it"), (.sent, "to it"),
      (.age, "since"),
    ]
    let state = row.text(of: .state, glyphs: glyphs)
    return [
      [
        Span(" connection ", .muted), Span(row.name, .title), Span("  "), Span(state.0, state.1),
        Span("  from ", .muted), Span(row.connection.peerAddress),
        Span("  as ", .muted), Span(row.connection.user),
      ],
      [Span(" ")] + self.facts(of: row, facts),
    ]
  }

  // MARK: - Curves and facts

  /// The curves of the queue or exchange that the screen is about.
  mutating func drawSubjectCharts() {
    for (index, area) in layout.charts.enumerated() {
      guard let pair = subjectChart(index) else { continue }
      draw(pair, in: area)
    }
  }

  private func subjectChart(_ index: Int) -> ChartPair? {
    switch model.screen {
    case .queue(let identity):
      guard let track = picture.history.track(identity) else { return nil }
      if index == 0 {
        return ChartPair(
          upper: curve("ready", (track.depth, track.long.series[0]), .metricReady, isLevel: true),
          lower: curve(
            "unacked",
            (track.unacked, track.long.series[1]),
            .metricUnacked,
            isLevel: true
          ),
          isComparable: false
        )
      }
      return ChartPair(
        upper: curve("in/s", (track.arrivals, track.long.series[2]), .metricPublish),
        lower: curve("ack/s", (track.acks, track.long.series[3]), .metricAck),
        isComparable: true
      )
    case .exchange(let identity):
      // Of one that was never used there is nothing to remember: its curves are empty.
      let track =
        picture.history.exchange(identity) ?? ExchangeTrack(identity: identity, refreshSeconds: 1)
      if index == 0 {
        return ChartPair(
          upper: curve("in/s", (track.arrivals, track.long.series[0]), .metricPublish),
          lower: curve("out/s", (track.routed, track.long.series[1]), .metricDeliver),
          isComparable: false
        )
      }
      return ChartPair(
        upper: curve("dropped/s", (track.drops, track.long.series[2]), .metricDrop),
        lower: curve("in/s", (track.arrivals, track.long.series[0]), .metricPublish),
        isComparable: true
      )
    case .overview, .lab, .queues, .exchanges, .consumers, .connections, .events, .consumer,
      .connection, .topology, .help:
      return nil
    }
  }

  private func curve(
    _ name: String,
    _ series: (near: TimeSeries, long: TimeSeries),
    _ role: Role,
    isLevel: Bool = false
  ) -> ChartSeries {
    let newest = series.near.newest
    let number =
      isLevel && !newest.isNaN ? Format.count(Int(max(0, newest))) : Format.rate(Double(newest))
    let text = newest.isNaN ? Format.none : number
    return ChartSeries(
      title: [Span(name + " "), Span(text, role)],
      series: model.chartSpan == .minute ? series.near : series.long,
      role: role
    )
  }

  /// What the broker tells about it, as many names and values beside each other as fit.
  mutating func drawFacts() {
    guard let area = layout.facts else { return }
    let details = picture.details(of: model.screen.subject)
    let box = Box(title: [Span("declared", .title)])
    if layout.isBoxed {
      grid.draw(box, in: area, glyphs: glyphs)
    } else {
      grid.draw(rule: box, in: area, glyphs: glyphs)
    }
    let inside = layout.inside(area)
    guard let details else {
      drawNothing(" the broker has not told yet", in: inside.line(0))
      return
    }
    var row = 0
    var column = 1
    let facts = details.facts.map { [Span($0.name + " ", .muted), Span($0.value)] }
    let ledger = queueLedger
    for spans in (ledger.isEmpty ? [] : [ledger]) + facts + routingKeys(details) {
      let width = min(spans.columns, inside.columns - 2)
      if column > 1, column + width > inside.columns {
        row += 1
        column = 1
      }
      if row >= inside.rows { return }
      grid.put(
        spans,
        at: inside.line(row).shifted(column),
        limit: inside.columns - column - 1,
        ellipsis: glyphs.ellipsis
      )
      column += width + 3
    }
  }
}

extension Painter {
  /// The routing keys that come most often, each with messages a second and its part of all.
  fileprivate func routingKeys(_ details: WatchedDetails) -> [[Span]] {
    guard !details.routingKeys.isEmpty, let base = picture.detailsBase else { return [] }
    let before = base.details.routingKeys
    let all =
      details.routingKeys.reduce(details.otherRoutingKeys) { $0 + $1.count }
    let parts = details.routingKeys.prefix(Limits.shownRoutingKeys).map { key -> [Span] in
      let old = before.first { $0.routingKey == key.routingKey }?.count ?? 0
      let rate = Rates.perSecond(key.count, since: old, seconds: base.seconds)
      let share = all == 0 ? 0 : Int(Double(key.count) / Double(all) * 100 + 0.5)
      return [
        Span(key.routingKey.isEmpty ? "(no key)" : key.routingKey, .kindBinding),
        Span(" \(Format.rate(rate))/s", .metricPublish), Span(" \(share)%", .muted),
      ]
    }
    return [[Span("keys since it is watched:", .muted)]] + parts
  }
}
