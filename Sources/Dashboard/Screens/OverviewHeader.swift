import Canvas
import Telemetry

extension Painter {
  /// The narrowest header that has room for more than figures.
  private static let fullHeaderColumns = 60

  mutating func drawHeader() {
    guard let line = layout.header else { return }
    if line.columns < Self.fullHeaderColumns {
      drawSummary(in: line)
      return
    }
    let right = headerRight(isWide: line.columns >= 100)
    let rightColumns = right.columns
    let room = line.columns - rightColumns - 2
    let left = [stripe, Span("sluice", .title)] + headerLeft(columns: room - 7)
    grid.put(left, at: line.origin, limit: room, ellipsis: glyphs.ellipsis)
    grid.put(right, at: line.shifted(line.columns - rightColumns), limit: rightColumns)
  }

  /// Which broker, where, and since when: what does not fit is left out whole, and not cut.
  private func headerLeft(columns: Int) -> [Span] {
    guard let broker = picture.broker else { return [Span("  waiting for the broker", .muted)] }
    let identity = broker.identity
    if let replay = model.options.replay {
      return replayed(replay, identity.endpoint, columns: columns)
    }
    // Not the port that was asked for: the verdict says why.
    let role: Role = identity.notice == nil ? .base : .alertInformation
    let target = targetRole
    let label = grid.size.columns >= 100 ? [Span("  " + identity.label, target)] : []
    let endpoint = Span((label.isEmpty ? "  " : " ") + identity.endpoint, role)
    let upSeconds = broker.at.seconds(since: identity.startedAt)
    let up = [Span("  up " + Format.upTime(upSeconds), .muted)]
    let notice = identity.notice.map { [Span("  " + $0, .alertInformation)] } ?? []
    let choices = [label + [endpoint] + up + notice, label + [endpoint] + up, label + [endpoint]]
    return choices.first { $0.columns <= columns } ?? [Span("  " + identity.endpoint, role)]
  }

  /// A colour for each broker elsewhere, so that one is not taken for another.
  private var stripe: Span {
    model.isAttached ? Span(glyphs.isASCII ? "|" : "▌", targetRole) : Span(" ")
  }

  private var targetRole: Role {
    guard model.isAttached else { return .targetEmbedded }
    let roles: [Role] = [.targetAttached, .targetProduction, .targetEmbedded, .kindExchange]
    return roles[model.targetIndex % roles.count]
  }

  /// Which recording, and how much of it was played.
  private func replayed(_ replay: ReplayOptions, _ endpoint: String, columns: Int) -> [Span] {
    let name = TextCut.end(replay.name, columns: max(8, columns / 2), ellipsis: glyphs.ellipsis)
    let title = [Span("  replay " + name, .targetEmbedded)]
    let place = model.playedSeconds.map { seconds in
      let played = Format.upTime(seconds.played) + " of " + Format.upTime(seconds.whole)
      return [Span("  " + played, .muted)]
    }
    let all = title + (place ?? [])
    let choices = [all + [Span("  " + endpoint)], all, title]
    return choices.first { $0.columns <= columns } ?? [Span("  " + name, .targetEmbedded)]
  }

  /// The whole state in one short line, for small screens.
  mutating func drawSummary(in line: Rectangle) {
    guard let totals = picture.broker?.totals else {
      grid.put([Span(" sluice waits for its broker")], at: line.origin, limit: line.columns)
      return
    }
    let count = wrongCount
    let verdict =
      count == 0 ? Span("\(glyphs.ok)", .stateOK) : Span("\(glyphs.alert)\(count)", worstRole)
    let publish = Format.short(rate(\.published))
    let ack = Format.short(rate(\.acknowledged))
    let ready = Format.short(Double(totals.ready))
    var spans: [Span]
    if line.columns >= 38 {
      spans = [
        Span(" sluice ", .title), verdict,
        Span("  " + ready, .metricReady), Span(" ready"),
        Span("  in "), Span(publish, .metricPublish),
        Span(" ack "), Span(ack, .metricAck),
      ]
    } else {
      spans = [
        verdict,
        Span(" " + ready, .metricReady), Span("r"),
        Span(" " + publish, .metricPublish), Span("i"),
        Span(" " + ack, .metricAck), Span("a"),
      ]
    }
    let faults = picture.lab?.faults.count ?? 0
    if faults > 0 { spans.insert(Span(" f\(faults)", .labFault), at: line.columns >= 38 ? 2 : 1) }
    let state = liveState(isWide: false)
    if spans.columns + state.columns + 2 <= line.columns {
      spans += [Span("  ")] + state
    }
    grid.put(spans, at: line.origin, limit: line.columns, ellipsis: glyphs.ellipsis)
  }

  /// What is broken on purpose: on every screen.
  private func faultMark(isWide: Bool) -> [Span] {
    let faults = picture.lab?.faults ?? []
    guard let newest = faults.last else { return [] }
    if !isWide {
      return [
        Span("\(glyphs.alert)\(faults.count) fault" + (faults.count == 1 ? "" : "s"), .labFault)
      ]
    }
    let name = TextCut.end(
      SafeText.clean(newest.request.service),
      columns: 12,
      ellipsis: glyphs.ellipsis
    )
    let more = faults.count > 1 ? " +\(faults.count - 1)" : ""
    return [
      Span(
        "\(glyphs.alert) fault \(name) \(FaultText.name(of: newest.request.kind))\(more)",
        .labFault
      )
    ]
  }

  private func headerRight(isWide: Bool) -> [Span] {
    var spans = faultMark(isWide: isWide)
    if !spans.isEmpty { spans.append(Span("  ")) }
    spans += [problemCount(isWide: isWide), Span("   ")]
    spans += liveState(isWide: isWide)
    // A frozen screen has no clock: nothing on it moves.
    if let wallNow = model.wallNow, model.frozen == nil {
      let time = Format.time(wallNow, offsetSeconds: model.options.timeZoneOffsetSeconds)
      spans.append(Span("  " + time))
    }
    spans.append(Span(" "))
    return spans
  }

  private var wrongCount: Int {
    let nodes = model.frozen == nil && !isSilent ? model.nodeProblems.count : 0
    return picture.problems.count + (isSilent ? 1 : nodes)
  }

  /// Whether the broker says nothing, and that is not because it was taken away.
  private var isSilent: Bool {
    (model.isStale || model.isLost) && model.frozen == nil && picture.lab?.isBrokerAway != true
  }

  private var worstRole: Role {
    let isNode = model.frozen == nil && !model.nodeProblems.isEmpty
    return isNode ? .alertCritical : picture.problems.listed.first?.kind.role ?? .alertCritical
  }

  private func problemCount(isWide: Bool) -> Span {
    let count = wrongCount
    if picture.broker == nil { return Span("") }
    if count == 0 {
      return Span(String(glyphs.ok) + (isWide ? " all well" : " ok"), .stateOK)
    }
    let word = isWide ? (count == 1 ? " problem" : " problems") : ""
    return Span("\(glyphs.alert) \(count)\(word)", worstRole)
  }

  /// Whether all is recorded, and how fresh it is.
  private func liveState(isWide: Bool) -> [Span] {
    let isRecording = model.recordedFile != nil
    let mark = isRecording ? [Span("rec \(glyphs.recording)", .labFault), Span("  ")] : []
    return mark + freshness(isWide: isWide)
  }

  /// Live with the age of the data, frozen since when, or without news.
  private func freshness(isWide: Bool) -> [Span] {
    if let frozen = model.frozen {
      let time = frozen.picture.wallTime(of: frozen.at).map {
        Format.time($0, offsetSeconds: model.options.timeZoneOffsetSeconds)
      }
      return [Span("FROZEN" + (isWide ? " at " : " ") + (time ?? ""), .statePaused)]
    }
    if model.isLost {
      let age = model.dataAge.map { " " + Format.span($0) } ?? ""
      return [Span("\(glyphs.alert) lost" + age, .alertCritical)]
    }
    guard let age = model.dataAge else { return [Span("no data", .stateGone)] }
    if model.isStale {
      return [Span("\(glyphs.alert) no data for \(Format.span(age))", .alertCritical)]
    }
    if let replay = model.options.replay { return [playing(replay, isWide: isWide)] }
    let text = age < 1 ? "<1s" : Format.age(age)
    return [
      Span(String(glyphs.ok) + " live", .stateOK),
      Span(isWide ? "  age " + text : " " + text, .muted),
    ]
  }

  private func playing(_ replay: ReplayOptions, isWide: Bool) -> Span {
    if model.isOver {
      return Span(isWide ? "the recording is over" : "over", .statePaused)
    }
    let pace = replay.speed == 1 ? "" : " " + Format.plain(replay.speed) + "x"
    return Span("\(glyphs.ok) playing" + pace, .stateOK)
  }

  /// A rate of the whole broker; nil when nothing is known.
  func rate(_ sum: KeyPath<BrokerTotals, UInt64>) -> Double? {
    guard let newest = picture.broker, let base = picture.window.base else { return nil }
    return Rates.perSecond(
      newest.totals[keyPath: sum],
      since: base.totals[keyPath: sum],
      seconds: picture.window.baseSeconds
    )
  }
}
