import JSONText
import Telemetry

/// One line that a service reads from its standard input: what the runner wants.
///
/// The end of the input without a `stop` means that the runner is gone; the service then ends at
/// once, so that no process outlives the dashboard, not even one that was killed.
enum ServiceCommand: Sendable, Hashable {
  /// Where a peer listens, on 127.0.0.1. Sent again when the peer was started again.
  case peer(name: String, port: Int)
  /// Which way the customers go from now on.
  case mode(CallMode)
  /// How many customers arrive each second, for each way in use.
  case load(perSecond: Double)
  /// That many customers arrive now, for each way in use.
  case burst(customers: Int)
  /// No further customers arrive.
  case goHome
  /// Finish what is in hand and end.
  case stop
}

extension ServiceCommand {
  /// The line without its line feed.
  var line: [UInt8] {
    json.bytes
  }

  private var json: JSON {
    switch self {
    case .peer(let name, let port):
      ["command": "peer", "name": .string(name), "port": .integer(Int64(port))]
    case .mode(let mode): ["command": "mode", "mode": .string(mode.rawValue)]
    case .load(let perSecond): ["command": "load", "perSecond": .number(perSecond)]
    case .burst(let customers):
      ["command": "burst", "customers": .integer(Int64(customers))]
    case .goHome: ["command": "goHome"]
    case .stop: ["command": "stop"]
    }
  }

  /// Reads one line; nil when it is none of ours or asks for more than the limits allow.
  init?(line: [UInt8]) {
    // The runner writes these lines itself; one that cannot be read is no command.
    guard let json = try? JSON(parsing: line) else { return nil }
    switch json["command"]?.text {
    case "peer":
      guard let name = json["name"]?.text, let port = json["port"]?.integer,
        (1...65_535).contains(port)
      else { return nil }
      self = .peer(name: name, port: Int(port))
    case "mode":
      guard let mode = json["mode"]?.text.flatMap(CallMode.init(rawValue:)) else { return nil }
      self = .mode(mode)
    case "load":
      guard let perSecond = json["perSecond"]?.number,
        (0...Limits.arrivalsPerSecond).contains(perSecond)
      else { return nil }
      self = .load(perSecond: perSecond)
    case "burst":
      guard let customers = json["customers"]?.count, customers <= UInt64(Limits.burstCustomers)
      else { return nil }
      self = .burst(customers: Int(customers))
    case "goHome": self = .goHome
    case "stop": self = .stop
    default: return nil
    }
  }
}
