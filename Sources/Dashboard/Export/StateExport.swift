import Canvas
import Diagnosis
package import JSONText
package import Recording
package import Telemetry

/// All that is known of a broker at one instant, to be written once.
package struct StateExport: Sendable {
  private let model: Model
  private let broker: BrokerSnapshot

  /// Goes to an instant of a recording, as a dashboard would that had watched until then; there is
  /// none when nothing is known of that time.
  ///
  /// - Parameters:
  ///   - source: The recording.
  ///   - instant: When; nil is its end.
  ///   - options: How it is written.
  package init?(of source: some FrameSource, at instant: Instant?, options: ViewOptions) {
    guard let instant = instant ?? source.newest else { return nil }
    var model = Model(size: Size(columns: 120, rows: 36), options: options)
    model.timeline = Timeline(file: source)
    let picture = model.timeline.picture(at: instant, near: nil, empty: model.live)
    guard let picture, let broker = picture.broker else { return nil }
    model.live = picture
    model.now = instant
    model.wallNow = broker.wallTime
    self.model = model
    self.broker = broker
  }

  /// What a dashboard knows now; nil before its first snapshot.
  ///
  /// - Parameter model: The dashboard's.
  package init?(of model: Model) {
    guard let broker = model.live.broker else { return nil }
    self.model = model
    self.broker = broker
  }

  private var picture: Picture { model.live }
  private var offset: Int { model.options.timeZoneOffsetSeconds }

  private var queues: TableExport {
    TableExport(QueueRow.self, Array(broker.queues.indices), of: picture)
  }

  private var consumers: TableExport {
    TableExport(ConsumerTableRow.self, Array(picture.consumerRows.indices), of: picture)
  }

  // MARK: CSV

  /// The queues, with the columns of ``Panel/columnNames``.
  package var csv: String { queues.csv }

  // MARK: Text

  /// Lines for a person, safe to be written to a terminal.
  package var text: [String] {
    let clock = ReportClock(offsetSeconds: offset)
    var lines = ["\(clock.dateAndTime(broker.wallTime)) \(clock.zone)"]
    lines += PlainSummary.facts(of: model)
    lines += chapter(
      "queues",
      TextTable.lines(
        QueueRow.self,
        Array(broker.queues.indices),
        of: picture,
        glyphs: model.glyphs
      )
    )
    lines += chapter(
      "consumers",
      TextTable.lines(
        ConsumerTableRow.self,
        Array(picture.consumerRows.indices),
        of: picture,
        glyphs: model.glyphs
      )
    )
    lines += chapter("what is wrong", wrong)
    lines += chapter("ledger", ledger)
    return lines.map(shown)
  }

  private func chapter(_ title: String, _ lines: [String]) -> [String] {
    ["", title] + (lines.isEmpty ? ["none"] : lines)
  }

  private func shown(_ line: String) -> String {
    let clean = SafeText.clean(line)
    guard model.glyphs.isASCII else { return clean }
    return String(String.UnicodeScalarView(clean.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
  }

  private var wrong: [String] {
    picture.problems.listed.flatMap { problem in
      guard let finding = problem.finding else {
        return [PlainSummary.sentence(about: problem, in: model)]
      }
      return FindingText.lines(finding, in: broker, offsetSeconds: offset)
    }
  }

  private var ledger: [String] {
    guard broker.totals.isLedgerKept else { return ["this broker does not count all of it"] }
    return [
      LedgerEquation.text(broker.totals.entries, isWhole: true),
      "remainder \(Format.count(Int(broker.totals.imbalance)))",
    ]
  }

  // MARK: JSON

  /// All of it; texts are as they came from the network.
  package var json: JSON {
    func member(_ name: String, _ value: JSON) -> JSON.Member {
      JSON.Member(name: name, value: value)
    }
    var members = [
      member("format", "sluice-snapshot"),
      member("version", 1),
      member("at", .integer(broker.wallTime.milliseconds)),
      member("broker", .string(broker.identity.label)),
      member("endpoint", .string(broker.identity.endpoint)),
      member("upSeconds", FieldValue(broker.at.seconds(since: broker.identity.startedAt)).json),
      member("totals", totals),
      member("rates", rates),
      member("queues", queues.json),
      member("consumers", consumers.json),
      member("connections", .integer(Int64(broker.connections.count))),
      member("findings", .array(findings.map { FindingRecord($0, in: broker).json })),
      member("ledger", ledgerJSON),
    ]
    if let lab = picture.lab { members.append(member("scenario", Self.json(lab))) }
    return .object(members)
  }

  private var findings: [Finding] { picture.problems.listed.compactMap(\.finding) }

  private static let sums: [(name: String, sum: any KeyPath<BrokerTotals, UInt64> & Sendable)] = [
    ("published", \.published), ("unroutable", \.unroutable), ("enqueued", \.enqueued),
    ("delivered", \.delivered), ("redelivered", \.redelivered),
    ("acknowledged", \.acknowledged), ("requeued", \.requeued), ("confirmed", \.confirmed),
  ]

  private var totals: JSON {
    let levels: [(String, UInt64)] = [
      ("ready", broker.totals.ready), ("unacked", broker.totals.unacked),
      ("heldBack", broker.totals.heldBack),
    ]
    let counted = Self.sums.map { ($0.name, broker.totals[keyPath: $0.sum]) }
    return .object((counted + levels).map { JSON.Member(name: $0.0, value: .count($0.1)) })
  }

  private var rates: JSON {
    let (base, seconds) = (picture.window.base, picture.window.baseSeconds)
    return .object(
      Self.sums.map { name, sum in
        let rate = base.flatMap {
          Rates.perSecond(
            broker.totals[keyPath: sum],
            since: $0.totals[keyPath: sum],
            seconds: seconds
          )
        }
        return JSON.Member(name: name, value: FieldValue(rate).json)
      }
    )
  }

  private var ledgerJSON: JSON {
    guard broker.totals.isLedgerKept else { return .null }
    let terms = broker.totals.entries.map { JSON.Member(name: $0.name, value: .count($0.count)) }
    let remainder = JSON.Member(name: "remainder", value: .integer(broker.totals.imbalance))
    return .object(terms + [remainder])
  }

  private static func json(_ lab: LabSnapshot) -> JSON {
    .object([
      JSON.Member(name: "name", value: .string(lab.scenario)),
      JSON.Member(name: "customersPerSecond", value: FieldValue(lab.offeredPerSecond).json),
      JSON.Member(
        name: "queues",
        value: .array(
          lab.queues.map { account in
            .object(
              [
                ("published", account.published), ("acked", account.acknowledged),
                ("waiting", account.waiting), ("dead", account.dead), ("lost", account.lost),
              ].reduce(into: [JSON.Member(name: "name", value: .string(account.name))]) {
                $0.append(JSON.Member(name: $1.0, value: .integer(Int64($1.1))))
              }
            )
          }
        )
      ),
    ])
  }
}
