import JSONText
import Telemetry

/// One line that a service writes to its standard output: what happened.
///
///     {"event":"ready","port":40311,"pid":4711}
///     {"event":"handled","id":"7c41-1-12","again":false,"applied":true,"ms":112.4}
///
/// The ledger rests on two of them and on their order. `published` is written before the customer
/// is told, `handled` before the acknowledgement is sent; both go straight into the pipe, and what
/// is in a pipe outlives the process that wrote it. So whoever is killed at whatever moment, no
/// message was acknowledged and no customer answered without its line.
enum ServiceEvent: Sendable, Hashable {
  /// The service listens, if it is one that is called, and is connected to the broker, if it needs
  /// one.
  case ready(port: Int?, processIdentifier: Int)
  /// The service cannot go on; one sentence. It ends after this line.
  case failed(reason: String)
  /// The producer believes that the broker has the event, about to be told to the customer.
  case published(PublishedLine)
  /// The work for a message is done and about to be acknowledged.
  case handled(HandledLine)
  /// A message is about to be given up.
  case dead(MessageIdentity)
  /// A fault has struck as often as it was to.
  case faultOver(Int)
  /// The knob's new value is in force.
  case knobTurned(Int)
  /// When customers arrived, on the machine's monotonic clock, in nanoseconds; only when it was
  /// asked for.
  case arrived([Int64])
  /// The sums of a service since it started.
  case counters(ServiceCounters)
  /// What an entry service has in hand.
  case entry(EntryReport)
  /// What the customers saw, as sums since their process started.
  case customers(CustomersReport)
}

/// An event that was published.
struct PublishedLine: Sendable, Hashable {
  var identity: MessageIdentity
  var exchange: String
  var key: String
  /// How many copies a broadcast has; 1 for any other event.
  var copies = 1
  /// When the publish began, on the machine's monotonic clock, in nanoseconds.
  var beganAt: Int64
}

/// A message that was worked on.
struct HandledLine: Sendable, Hashable {
  /// Nil when the message is none of the lab's.
  var identity: MessageIdentity?
  /// As the broker said.
  var isRedelivered = false
  /// Whether the work changed something; else it was known to be done already.
  var isApplied = true
  /// Since the customer's arrival; nil when the delay goes on.
  var milliseconds: Double?
}

/// What an entry service has in hand, for its way of calling.
struct EntryReport: Sendable, Hashable {
  var busyThreads = 0
  var threads = 0
  var waitingRequests = 0
  /// The step that most busy threads wait for.
  var waitsFor: String?
  /// The last request that was answered.
  var waterfall: [RequestStep] = []
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
  /// Messages whose work failed and that are to be tried again.
  var givenBack: UInt64 = 0
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
    /// Of the failed ones.
    var refused: UInt64 = 0
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
    case .published(let line):
      [
        "event": "published", "id": .string(line.identity.text),
        "exchange": .string(line.exchange), "key": .string(line.key),
        "copies": .integer(Int64(line.copies)), "began": .integer(line.beganAt),
      ]
    case .handled(let line):
      [
        "event": "handled", "id": line.identity.map { .string($0.text) } ?? .null,
        "again": .boolean(line.isRedelivered), "applied": .boolean(line.isApplied),
        "ms": line.milliseconds.map(JSON.number) ?? .null,
      ]
    case .dead(let identity): ["event": "dead", "id": .string(identity.text)]
    case .faultOver(let fault): ["event": "faultOver", "id": .integer(Int64(fault))]
    case .knobTurned(let value): ["event": "knobTurned", "value": .integer(Int64(value))]
    case .arrived(let instants):
      ["event": "arrived", "at": .array(instants.map(JSON.integer))]
    case .entry(let report): report.json
    case .counters(let counters):
      [
        "event": "counters", "done": .count(counters.done),
        "answered": .count(counters.callsAnswered), "published": .count(counters.published),
        "returned": .count(counters.returned), "unconfirmed": .count(counters.unconfirmed),
        "givenBack": .count(counters.givenBack), "inHand": .count(counters.inHand),
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
    case "published":
      guard let line = PublishedLine(json) else { return nil }
      self = .published(line)
    case "handled":
      self = .handled(HandledLine(json))
    case "dead":
      guard let identity = json["id"]?.text.flatMap(MessageIdentity.init) else { return nil }
      self = .dead(identity)
    case "faultOver":
      guard let fault = json["id"]?.count else { return nil }
      self = .faultOver(Int(clamping: fault))
    case "knobTurned":
      guard let value = json["value"]?.count else { return nil }
      self = .knobTurned(Int(clamping: value))
    case "arrived":
      guard case .array(let instants) = json["at"] else { return nil }
      self = .arrived(instants.compactMap(\.integer))
    case "entry": self = .entry(EntryReport(json))
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
