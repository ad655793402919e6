import JSONText
import Telemetry

extension ServiceCounters {
  init(_ json: JSON) {
    done = json["done"]?.count ?? 0
    callsAnswered = json["answered"]?.count ?? 0
    published = json["published"]?.count ?? 0
    returned = json["returned"]?.count ?? 0
    unconfirmed = json["unconfirmed"]?.count ?? 0
    givenBack = json["givenBack"]?.count ?? 0
    inHand = json["inHand"]?.count ?? 0
  }
}

extension CustomersReport.Way {
  var json: JSON {
    [
      "way": .string(way.rawValue), "offered": .count(offered), "succeeded": .count(succeeded),
      "declined": .count(declined), "failed": .count(failed), "refused": .count(refused),
      "latency": latency?.json ?? .null,
    ]
  }

  init?(_ json: JSON) {
    guard let way = json["way"]?.text.flatMap(CallWay.init(rawValue:)) else { return nil }
    self.way = way
    offered = json["offered"]?.count ?? 0
    succeeded = json["succeeded"]?.count ?? 0
    declined = json["declined"]?.count ?? 0
    failed = json["failed"]?.count ?? 0
    refused = json["refused"]?.count ?? 0
    latency = json["latency"].flatMap(LatencySnapshot.init)
  }
}

extension LatencySnapshot {
  var json: JSON {
    [
      "p50": .number(p50), "p95": .number(p95), "p99": .number(p99),
      "samples": .integer(Int64(sampleCount)), "window": .number(windowSeconds),
    ]
  }

  init?(_ json: JSON) {
    guard let p50 = json["p50"]?.number, let p95 = json["p95"]?.number,
      let p99 = json["p99"]?.number, let samples = json["samples"]?.count,
      let window = json["window"]?.number
    else { return nil }
    self.init(
      p50: p50,
      p95: p95,
      p99: p99,
      sampleCount: Int(clamping: samples),
      windowSeconds: window
    )
  }
}

extension PublishedLine {
  init?(_ json: JSON) {
    guard let identity = json["id"]?.text.flatMap(MessageIdentity.init),
      let exchange = json["exchange"]?.text, let key = json["key"]?.text,
      let copies = json["copies"]?.count, let beganAt = json["began"]?.integer
    else { return nil }
    self.init(
      identity: identity,
      exchange: exchange,
      key: key,
      copies: min(Int(clamping: copies), Limits.copies),
      beganAt: beganAt
    )
  }
}

extension HandledLine {
  init(_ json: JSON) {
    identity = json["id"]?.text.flatMap(MessageIdentity.init)
    isRedelivered = json["again"]?.boolean ?? false
    isApplied = json["applied"]?.boolean ?? true
    milliseconds = json["ms"]?.number
  }
}

extension EntryReport {
  var json: JSON {
    [
      "event": "entry", "busy": .integer(Int64(busyThreads)), "threads": .integer(Int64(threads)),
      "waiting": .integer(Int64(waitingRequests)),
      "waitsFor": waitsFor.map(JSON.string) ?? .null, "steps": .array(waterfall.map(\.json)),
    ]
  }

  init(_ json: JSON) {
    busyThreads = Int(clamping: json["busy"]?.count ?? 0)
    threads = Int(clamping: json["threads"]?.count ?? 0)
    waitingRequests = Int(clamping: json["waiting"]?.count ?? 0)
    waitsFor = json["waitsFor"]?.text
    guard case .array(let steps) = json["steps"] else { return }
    waterfall = steps.compactMap(RequestStep.init)
  }
}

extension RequestStep {
  var json: JSON {
    [
      "name": .string(name), "start": .number(startMilliseconds), "ms": .number(milliseconds),
      "outcome": .string(outcome.rawValue),
    ]
  }

  init?(_ json: JSON) {
    guard let name = json["name"]?.text, let start = json["start"]?.number,
      let milliseconds = json["ms"]?.number,
      let outcome = json["outcome"]?.text.flatMap(Outcome.init(rawValue:))
    else { return nil }
    self.init(name: name, startMilliseconds: start, milliseconds: milliseconds, outcome: outcome)
  }
}
