import Canvas
import Diagnosis
import Telemetry

/// How things are, in sentences.
package enum PlainSummary {
  /// Returns a few lines for the start.
  package static func short(of model: Model) -> [String] {
    sentences(of: model, hasQueues: false).map { line($0, in: model) }
  }

  /// Returns all that a person who cannot see the screen asks for: the same with the queues.
  package static func full(of model: Model) -> [String] {
    sentences(of: model, hasQueues: true).map { line($0, in: model) }
  }

  /// Returns a sentence with the time of day before it, safe to be written to a terminal.
  static func line(_ sentence: String, in model: Model) -> String {
    let wallTime = model.wallNow ?? WallTime(milliseconds: 0)
    let time = Format.time(wallTime, offsetSeconds: model.options.timeZoneOffsetSeconds)
    let clean = SafeText.clean(time + " " + sentence)
    guard model.glyphs.isASCII else { return clean }
    return String(String.UnicodeScalarView(clean.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
  }

  /// Returns the first sentences, and how many more there are.
  static func bounded(_ sentences: [String]) -> [String] {
    guard sentences.count > Limits.plainLines else { return sentences }
    let more = sentences.count - Limits.plainLines
    return sentences.prefix(Limits.plainLines) + [
      "and \(Format.count(more)) more; s says how it is"
    ]
  }

  /// Returns what there is and how much passes, without what is wrong.
  static func facts(of model: Model) -> [String] {
    guard let broker = model.live.broker else { return [] }
    var said = [about(broker)]
    if let rates = rates(in: model) { said.append(rates) }
    if let lab = model.live.lab {
      said.append(sentence(about: lab))
      said += lab.ways.map(sentence(about:))
    }
    return said
  }

  private static func sentences(of model: Model, hasQueues: Bool) -> [String] {
    guard let broker = model.live.broker else { return ["no data yet"] }
    var said = facts(of: model)
    if hasQueues {
      said += bounded(
        broker.queues.enumerated().map { index, queue in
          sentence(about: queue) + ", " + model.live.queueState(at: index).word
        }
      )
    }
    let problems = model.live.problems.listed.map { sentence(about: $0, in: model) }
    said += problems.isEmpty ? ["nothing is wrong"] : bounded(problems)
    return said
  }

  // MARK: - Sentences

  private static func about(_ broker: BrokerSnapshot) -> String {
    let upTime = Format.span(broker.at.seconds(since: broker.identity.startedAt))
    let facts = [
      number(broker.queues.count, "queue"),
      "\(Format.count(broker.totals.ready)) ready",
      "\(Format.count(broker.totals.unacked)) unacknowledged",
      number(broker.exchanges.count, "exchange"),
      number(broker.consumers.count, "consumer"),
      number(broker.connections.count, "connection"),
    ]
    return "\(broker.identity.label) \(broker.identity.endpoint), up \(upTime): "
      + facts.joined(separator: ", ")
  }

  /// Returns what passes and what waits; nil until there are two snapshots.
  static func pace(of model: Model) -> String? {
    guard let totals = model.live.broker?.totals, let rates = rates(in: model) else { return nil }
    return rates + "; \(Format.count(totals.ready)) ready, "
      + "\(Format.count(totals.unacked)) unacknowledged"
  }

  private static func rates(in model: Model) -> String? {
    let window = model.live.window
    guard let newest = window.newest, let base = window.base, window.baseSeconds > 0 else {
      return nil
    }
    func rate(_ sum: KeyPath<BrokerTotals, UInt64>) -> String {
      Format.rate(
        Rates.perSecond(
          newest.totals[keyPath: sum],
          since: base.totals[keyPath: sum],
          seconds: window.baseSeconds
        )
      )
    }
    return "each second \(rate(\.published)) published, \(rate(\.delivered)) delivered, "
      + "\(rate(\.acknowledged)) acknowledged"
  }

  static func sentence(about lab: LabSnapshot) -> String {
    let name = "lab " + lab.scenario
    let state: String
    switch lab.state {
    case .starting: state = "starting"
    case .running: state = "running"
    case .draining: state = "customers went home, queues drain"
    case .stopped: state = "stopped"
    case .failed(let reason): return "\(name): failed, \(reason)"
    }
    let mode =
      switch lab.mode {
      case .synchronous: "synchronous"
      case .asynchronous: "asynchronous"
      case .both: lab.hasThreeWays ? "all ways" : "both ways"
      }
    return "\(name): \(state), \(mode), \(Format.rate(lab.offeredPerSecond)) customers a second"
  }

  private static func sentence(about way: CallWaySnapshot) -> String {
    let latency =
      way.latency.map {
        ", 95 of 100 within \(Format.milliseconds($0.p95)) milliseconds"
      } ?? ""
    return "\(way.way.rawValue) customers: \(Format.count(way.succeeded)) served, "
      + "\(Format.count(way.declined)) declined, \(Format.count(way.failed)) failed" + latency
  }

  private static func sentence(about queue: QueueSnapshot) -> String {
    "queue \(queue.name): \(Format.count(queue.ready)) ready, "
      + "\(Format.count(queue.unacked)) unacknowledged, " + number(queue.consumerCount, "consumer")
  }

  static func sentence(about problem: Problem, in model: Model) -> String {
    var text = name(of: problem) + ", " + problem.text
    if let since = problem.since, let wallTime = model.live.wallTime(of: since) {
      text +=
        ", since "
        + Format.time(wallTime, offsetSeconds: model.options.timeZoneOffsetSeconds)
    }
    return text
  }

  /// `queue orders: backlog`.
  static func name(of problem: Problem) -> String {
    let noun = problem.finding.map(Self.noun) ?? nouns[problem.kind] ?? ""
    let subject = [noun, problem.subject].filter { !$0.isEmpty }
    let word = problem.word.lowercased()
    return subject.isEmpty ? word : subject.joined(separator: " ") + ": " + word
  }

  /// What a problem is about; others say it themselves.
  private static let nouns: [Problem.Kind: String] = [
    .labFailed: "lab",
    .nodeDown: "node",
    .clusterSplit: "node",
    .ended: "service",
    .killed: "service",
    .hung: "service",
  ]

  private static func noun(of finding: Finding) -> String {
    switch finding.subject {
    case .broker: ""
    case .resource: "resource"
    case .queue, .consumer: "queue"
    case .exchange: "exchange"
    case .connection: "connection"
    case .client: "client"
    }
  }

  private static func number(_ count: Int, _ noun: String) -> String {
    "\(Format.count(count)) \(noun)" + (count == 1 ? "" : "s")
  }
}
