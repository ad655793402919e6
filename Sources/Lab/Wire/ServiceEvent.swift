import JSONText
import Telemetry

/// One line that a service writes to its standard output: what happened.
///
///     {"event":"ready","port":40311,"pid":4711}
///     {"event":"handled","payment":"7c41-1-12","again":false}
///
/// The ledger rests on two of them and on their order. `confirmed` is written before the customer
/// is told, `handled` before the acknowledgement is sent; both go straight into the pipe, and what
/// is in a pipe outlives the process that wrote it. So whoever is killed at whatever moment, no
/// message was acknowledged and no customer answered without its line.
enum ServiceEvent: Sendable, Hashable {
  /// The service listens, if it is one that is called, and is connected to the broker, if it needs
  /// one.
  case ready(port: Int?, processIdentifier: Int)
  /// The service cannot go on; one sentence. It ends after this line.
  case failed(reason: String)
  /// The broker confirmed a payment's message, about to be told to the customer.
  case confirmed(MessageIdentity)
  /// The work for a message is done and about to be acknowledged; nil when the message is none of
  /// the payment service's. `isRedelivered` as the broker said.
  case handled(MessageIdentity?, isRedelivered: Bool)
  /// The sums of a service since it started.
  case counters(ServiceCounters)
  /// What the customers saw, as sums since their process started.
  case customers(CustomersReport)
}

/// The sums of one service process.
struct ServiceCounters: Sendable, Hashable {
  /// Steps of work done for requests; work for messages has a line each.
  var done: UInt64 = 0
  /// Requests answered, well or not.
  var callsAnswered: UInt64 = 0
  /// Publishes begun.
  var published: UInt64 = 0
  /// Messages that came back because no queue is bound for them.
  var returned: UInt64 = 0
  /// Publishes that ended with neither: refused, timed out, connection lost.
  var unconfirmed: UInt64 = 0
  /// Requests and messages in hand now.
  var inHand: UInt64 = 0
}

/// What the customers' process measured.
struct CustomersReport: Sendable, Hashable {
  /// Requests without an answer yet, of both ways.
  var outstanding: UInt64 = 0
  /// Whether customers still arrive.
  var isOpen = true
  var ways: [Way] = []

  /// Nobody comes any more and nobody waits.
  var haveAllGoneHome: Bool { !isOpen && outstanding == 0 }

  /// The sums and latencies of one way of calling.
  struct Way: Sendable, Hashable {
    var way: CallWay
    var offered: UInt64 = 0
    var succeeded: UInt64 = 0
    var declined: UInt64 = 0
    var failed: UInt64 = 0
    var latency: LatencySnapshot?
  }
}

extension ServiceEvent {
  /// The line without its line feed.
  var line: [UInt8] {
    json.bytes
  }

  private var json: JSON {
    switch self {
    case .ready(let port, let processIdentifier):
      [
        "event": "ready", "port": port.map { .integer(Int64($0)) } ?? .null,
        "pid": .integer(Int64(processIdentifier)),
      ]
    case .failed(let reason):
      ["event": "failed", "reason": .string(reason)]
    case .confirmed(let identity):
      ["event": "confirmed", "payment": .string(identity.text)]
    case .handled(let identity, let isRedelivered):
      [
        "event": "handled", "payment": identity.map { .string($0.text) } ?? .null,
        "again": .boolean(isRedelivered),
      ]
    case .counters(let counters):
      [
        "event": "counters", "done": .count(counters.done),
        "answered": .count(counters.callsAnswered), "published": .count(counters.published),
        "returned": .count(counters.returned), "unconfirmed": .count(counters.unconfirmed),
        "inHand": .count(counters.inHand),
      ]
    case .customers(let report):
      [
        "event": "customers", "outstanding": .count(report.outstanding),
        "open": .boolean(report.isOpen), "ways": .array(report.ways.map(\.json)),
      ]
    }
  }

  /// Reads one line; nil when it is none of ours.
  init?(line: [UInt8]) {
    // A line that is no JSON carries nothing; the runner counts it.
    guard let json = try? JSON(parsing: line) else { return nil }
    switch json["event"]?.text {
    case "ready":
      guard let processIdentifier = json["pid"]?.integer else { return nil }
      let port = json["port"]?.integer.flatMap { (1...65_535).contains($0) ? Int($0) : nil }
      self = .ready(port: port, processIdentifier: Int(processIdentifier))
    case "failed":
      self = .failed(reason: json["reason"]?.text ?? "it gave no reason")
    case "confirmed":
      guard let identity = json["payment"]?.text.flatMap(MessageIdentity.init) else { return nil }
      self = .confirmed(identity)
    case "handled":
      let identity = json["payment"]?.text.flatMap(MessageIdentity.init)
      self = .handled(identity, isRedelivered: json["again"]?.boolean ?? false)
    case "counters":
      self = .counters(ServiceCounters(json))
    case "customers":
      guard case .array(let ways) = json["ways"] else { return nil }
      self = .customers(
        CustomersReport(
          outstanding: json["outstanding"]?.count ?? 0,
          isOpen: json["open"]?.boolean ?? true,
          ways: ways.compactMap(CustomersReport.Way.init)
        )
      )
    default: return nil
    }
  }
}

extension ServiceCounters {
  fileprivate init(_ json: JSON) {
    done = json["done"]?.count ?? 0
    callsAnswered = json["answered"]?.count ?? 0
    published = json["published"]?.count ?? 0
    returned = json["returned"]?.count ?? 0
    unconfirmed = json["unconfirmed"]?.count ?? 0
    inHand = json["inHand"]?.count ?? 0
  }
}

extension CustomersReport.Way {
  fileprivate var json: JSON {
    [
      "way": .string(way.rawValue), "offered": .count(offered), "succeeded": .count(succeeded),
      "declined": .count(declined), "failed": .count(failed), "latency": latency?.json ?? .null,
    ]
  }

  fileprivate init?(_ json: JSON) {
    guard let way = json["way"]?.text.flatMap(CallWay.init(rawValue:)) else { return nil }
    self.way = way
    offered = json["offered"]?.count ?? 0
    succeeded = json["succeeded"]?.count ?? 0
    declined = json["declined"]?.count ?? 0
    failed = json["failed"]?.count ?? 0
    latency = json["latency"].flatMap(LatencySnapshot.init)
  }
}

extension LatencySnapshot {
  fileprivate var json: JSON {
    [
      "p50": .number(p50), "p95": .number(p95), "p99": .number(p99),
      "samples": .integer(Int64(sampleCount)), "window": .number(windowSeconds),
    ]
  }

  fileprivate init?(_ json: JSON) {
    guard let p50 = json["p50"]?.number, let p95 = json["p95"]?.number,
      let p99 = json["p99"]?.number, let samples = json["samples"]?.count,
      let window = json["window"]?.number
    else { return nil }
    self.init(
      p50: p50,
      p95: p95,
      p99: p99,
      sampleCount: Int(samples),
      windowSeconds: window
    )
  }
}
