import Canvas
import Telemetry

/// The charts of a report: rows of characters, each with its largest and its last value.
enum IncidentCharts {
  /// How wide names are; longer ones are cut.
  private static let nameColumns = 16

  /// Writes the chapter.
  ///
  /// - Parameters:
  ///   - log: What happened.
  ///   - begin: The first snapshot.
  ///   - end: The last one.
  ///   - clock: How times are written.
  /// - Returns: Its lines, an empty one first.
  static func lines(
    _ log: IncidentLog,
    _ begin: BrokerSnapshot,
    _ end: BrokerSnapshot,
    _ clock: ReportClock
  ) -> [String] {
    var lines = [
      "", "## Charts", "",
      "A column is \(Format.seconds(log.columnSeconds)). Each row goes from 0 to its own most.", "",
      "```text",
    ]
    let span = log.last.seconds(since: log.first)
    let wallFirst = WallTime(
      milliseconds: end.wallTime.milliseconds
        - Int64(end.at.seconds(since: log.first) * 1_000)
    )
    let wallLast = WallTime(milliseconds: wallFirst.milliseconds + Int64(span * 1_000))
    let left = clock.time(wallFirst)
    let gap = Limits.reportColumns - 2 * left.utf8.count
    lines.append(
      name("") + left + String(repeating: " ", count: max(1, gap)) + clock.time(wallLast)
    )
    if !log.troubles.isEmpty { lines.append(name("began") + marks(log)) }
    lines += levels(log) + rates(log) + latencies(log)
    lines += queues(log)
    return lines + ["```"]
  }

  /// Where something began to be wrong; notes are left out.
  private static func marks(_ log: IncidentLog) -> String {
    var row = Array(repeating: Character("·"), count: Limits.reportColumns)
    for trouble in log.troubles where !trouble.problem.kind.isNote && !trouble.wasThereBefore {
      row[trouble.column] = "▲"
    }
    return String(row)
  }

  private static func levels(_ log: IncidentLog) -> [String] {
    func row(_ title: String, _ value: KeyPath<IncidentLog.Column, UInt64>) -> String {
      chart(title, log.columns.map { $0.map { Double($0[keyPath: value]) } }) {
        Format.count(Int($0))
      }
    }
    return [row("ready", \.ready), row("unacked", \.unacked)]
  }

  private static func rates(_ log: IncidentLog) -> [String] {
    let sums: [(String, KeyPath<BrokerTotals, UInt64>)] = [
      ("publish/s", \.published), ("deliver/s", \.delivered), ("ack/s", \.acknowledged),
      ("redeliver/s", \.redelivered), ("unroutable/s", \.unroutable), ("dead/s", \.deadLettered),
    ]
    return sums.compactMap { title, sum in
      let values = rates(of: sum, log)
      // What never happened needs no row.
      let isQuiet = values.allSatisfy { ($0 ?? 0) == 0 }
      if isQuiet, sum != \.published, sum != \.acknowledged { return nil }
      return chart(title, values) { Format.rate($0) }
    }
  }

  /// The rise a second from the last snapshot of a column before to that of each column.
  private static func rates(
    of sum: KeyPath<BrokerTotals, UInt64>,
    _ log: IncidentLog
  ) -> [Double?] {
    var before: IncidentLog.Column?
    if let begin = log.begin?.broker {
      before = IncidentLog.Column(
        at: begin.at,
        totals: begin.totals,
        ready: 0,
        unacked: 0,
        p95: [:]
      )
    }
    return log.columns.map { column in
      guard let column else { return nil }
      defer { before = column }
      return before.flatMap { before in
        Rates.perSecond(
          column.totals[keyPath: sum],
          since: before.totals[keyPath: sum],
          seconds: column.at.seconds(since: before.at)
        )
      }
    }
  }

  private static func latencies(_ log: IncidentLog) -> [String] {
    CallWay.allCases.compactMap { way in
      let values = log.columns.map { $0?.p95[way] }
      if values.allSatisfy({ $0 == nil }) { return nil }
      return chart("\(way.shortName) p95 ms", values) { Format.milliseconds($0) }
    }
  }

  private static func queues(_ log: IncidentLog) -> [String] {
    log.topQueues.prefix(Limits.reportChartedQueues).filter { $0.peak > 0 }.map { queue in
      let values = queue.depths.map { $0.isNaN ? nil : Double($0) }
      return chart(SafeText.clean(queue.end.identity.shownName), values) { Format.count(Int($0)) }
    }
  }

  private static func chart(
    _ title: String,
    _ values: [Double?],
    _ text: (Double) -> String
  ) -> String {
    let known = values.compactMap(\.self).filter(\.isFinite)
    let words =
      known.isEmpty
      ? "no data" : "most \(text(known.max() ?? 0)), last \(text(known.last ?? 0))"
    return name(title) + Sparkline.text(values) + "  " + words
  }

  private static func name(_ title: String) -> String {
    // A fence of three such marks would end the block.
    let safe = String(title.map { $0 == "`" ? "'" : $0 })
    let cut = TextCut.end(safe, columns: nameColumns - 2, ellipsis: "…")
    let room = max(0, nameColumns - CharacterWidth.columns(of: cut))
    return cut + String(repeating: " ", count: room)
  }
}

extension IncidentLog {
  /// Those with the most ready messages first.
  var topQueues: [Queue] {
    let sorted = queues.sorted { left, right in
      left.peak == right.peak
        ? left.end.identity.shownName < right.end.identity.shownName : left.peak > right.peak
    }
    return Array(sorted.prefix(Limits.reportTopQueues))
  }
}
