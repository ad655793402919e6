import JSONText
import Telemetry

/// One line that a service reads from its standard input: what the runner wants.
///
/// The end of the input without a `stop` means that the runner is gone; the service then ends at
/// once, so that no process outlives the dashboard, not even one that was killed.
enum ServiceCommand: Sendable, Hashable {
  /// The text of the scenario; always the first command.
  case scenario(String)
  /// Where the processes of a peer listen, on 127.0.0.1. Sent again when that changes.
  case peer(name: String, ports: [Int])
  /// Which way the customers go from now on.
  case mode(CallMode)
  /// How many customers arrive each second, for each way in use.
  case load(perSecond: Double)
  /// How arrivals move around that rate.
  case shape(LoadShape)
  /// That many customers arrive now, for each way in use.
  case burst(customers: Int)
  /// The customers tell every further arrival, in ``ServiceEvent/arrived(_:)``.
  case tellArrivals
  /// What messages carry besides what they need, in bytes.
  case messageBytes(Int)
  /// What the scenario's knob stands at.
  case knob(Int)
  /// A fault begins.
  case fault(StepFault)
  /// A fault is over.
  case heal(fault: Int)
  /// Which faults put poison into the service's queue now, whichever of its processes they strike:
  /// what others have put there is poison no longer.
  case poisons([Int])
  /// Every connection to the broker and to callers is cut.
  case drop
  /// No further customers arrive.
  case goHome
  /// Finish what is in hand and end.
  case stop
}

/// A fault that a service inflicts on itself.
struct StepFault: Sendable, Hashable {
  var identifier: Int
  var kind: FaultKind
  var amount: Int
  /// From 1 to 100.
  var percent: Int
  /// Nil for no end.
  var count: Int?
  var seed: UInt64
}

extension ServiceCommand {
  /// The line without its line feed.
  var line: [UInt8] {
    json.bytes
  }

  private var json: JSON {
    switch self {
    case .scenario(let text): ["command": "scenario", "text": .string(text)]
    case .peer(let name, let ports):
      [
        "command": "peer", "name": .string(name),
        "ports": .array(ports.map { .integer(Int64($0)) }),
      ]
    case .mode(let mode): ["command": "mode", "mode": .string(mode.rawValue)]
    case .load(let perSecond): ["command": "load", "perSecond": .number(perSecond)]
    case .shape(let shape):
      [
        "command": "shape", "kind": .string(shape.kind.rawValue), "factor": .number(shape.factor),
        "seconds": .number(shape.seconds), "arrivals": .array(shape.arrivals.map(JSON.number)),
      ]
    case .burst(let customers):
      ["command": "burst", "customers": .integer(Int64(customers))]
    case .tellArrivals: ["command": "tellArrivals"]
    case .messageBytes(let bytes): ["command": "messageBytes", "bytes": .integer(Int64(bytes))]
    case .knob(let value): ["command": "knob", "value": .integer(Int64(value))]
    case .fault(let fault):
      [
        "command": "fault", "id": .integer(Int64(fault.identifier)),
        "kind": .string(fault.kind.rawValue), "amount": .integer(Int64(fault.amount)),
        "percent": .integer(Int64(fault.percent)),
        "count": fault.count.map { .integer(Int64($0)) } ?? .null,
        "seed": .string(String(fault.seed)),
      ]
    case .heal(let fault): ["command": "heal", "id": .integer(Int64(fault))]
    case .poisons(let faults):
      ["command": "poisons", "ids": .array(faults.map { .integer(Int64($0)) })]
    case .drop: ["command": "drop"]
    case .goHome: ["command": "goHome"]
    case .stop: ["command": "stop"]
    }
  }

  /// Reads one line; nil when it is none of ours or asks for more than the limits allow.
  init?(line: [UInt8]) {
    // The runner writes these lines itself; one that cannot be read is no command.
    guard let json = try? JSON(parsing: line), let command = ServiceCommand.read(json) else {
      return nil
    }
    self = command
  }

  private static func read(_ json: JSON) -> ServiceCommand? {
    switch json["command"]?.text {
    case "scenario": json["text"]?.text.map { .scenario($0) }
    case "peer": readPeer(json)
    case "mode": json["mode"]?.text.flatMap(CallMode.init(rawValue:)).map { .mode($0) }
    case "load":
      json["perSecond"]?.number.flatMap { perSecond in
        (0...Limits.arrivalsPerSecond).contains(perSecond) ? .load(perSecond: perSecond) : nil
      }
    case "shape": LoadShape(json).map { .shape($0) }
    case "burst":
      json["customers"]?.count.flatMap { customers in
        customers <= UInt64(Limits.burstCustomers) ? .burst(customers: Int(customers)) : nil
      }
    case "tellArrivals": .tellArrivals
    case "messageBytes":
      json["bytes"]?.count.flatMap { bytes in
        bytes <= UInt64(Limits.messageBytes) ? .messageBytes(Int(bytes)) : nil
      }
    case "knob": json["value"]?.count.map { .knob(Int(clamping: $0)) }
    case "fault": StepFault(json).map { .fault($0) }
    case "heal": json["id"]?.count.map { .heal(fault: Int(clamping: $0)) }
    case "poisons": readPoisons(json)
    case "drop": .drop
    case "goHome": .goHome
    case "stop": .stop
    default: nil
    }
  }

  private static func readPoisons(_ json: JSON) -> ServiceCommand? {
    guard case .array(let list) = json["ids"] else { return nil }
    return .poisons(list.compactMap { $0.count.map { Int(clamping: $0) } })
  }

  private static func readPeer(_ json: JSON) -> ServiceCommand? {
    guard let name = json["name"]?.text, case .array(let list) = json["ports"] else { return nil }
    let ports = list.compactMap { $0.integer }.filter { (1...65_535).contains($0) }
    guard ports.count == list.count else { return nil }
    return .peer(name: name, ports: ports.map(Int.init))
  }
}

extension LoadShape {
  fileprivate init?(_ json: JSON) {
    guard let kind = json["kind"]?.text.flatMap(LoadShapeKind.init(rawValue:)),
      let factor = json["factor"]?.number, let seconds = json["seconds"]?.number,
      case .array(let arrivals) = json["arrivals"]
    else { return nil }
    self.init(
      kind: kind,
      factor: factor,
      seconds: seconds,
      arrivals: arrivals.compactMap(\.number)
    )
  }
}

extension StepFault {
  fileprivate init?(_ json: JSON) {
    guard let identifier = json["id"]?.count,
      let kind = json["kind"]?.text.flatMap(FaultKind.init(rawValue:)),
      let amount = json["amount"]?.count, let percent = json["percent"]?.count,
      (1...100).contains(percent), let seed = json["seed"]?.text.flatMap({ UInt64($0) })
    else { return nil }
    self.init(
      identifier: Int(clamping: identifier),
      kind: kind,
      amount: Int(clamping: amount),
      percent: Int(percent),
      count: json["count"]?.count.map { Int(clamping: $0) },
      seed: seed
    )
  }
}
