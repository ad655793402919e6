import Telemetry

/// The fields of every section of a scenario file.
///
/// The reader takes no others, and the documentation has each of them.
enum ScenarioKeys {
  static let root = [
    "name", "title", "about", "rate", "peak", "way_titles", "accounts", "traits", "knob",
    "exchange", "service", "at", "phase", "step", "verdict",
  ]
  static let texts = Language.allCases.map(\.rawValue)
  static let ways = CallWay.allCases.map(\.measurementName)
  static let peak = ["shape", "factor", "seconds"]
  static let accounts = [
    "count", "balance_cents", "poor_percent", "poor_balance_cents", "cheapest_cents",
    "dearest_cents",
  ]
  static let knob = ["trait", "copies", "label", "values"]
  static let exchange = ["name", "type"]
  static let service =
    [
      "name", "entry", "optional", "work_ms", "work_spread_percent", "work_distribution",
      "error_percent", "hop_ms", "pool", "timeout_ms", "retries", "backoff_ms", "deducts", "calls",
      "publish", "queue",
    ] + queue
  /// Fields of a service that has a queue.
  static let queue = [
    "bind", "prefetch", "consumers", "copies", "durable", "max_length", "when_full", "on_error",
    "delivery_limit", "dead_letter", "idempotent", "ack_delay_ms", "auto_ack",
    "counts_replies",
  ]
  static let call = ["service", "when", "each"]
  static let publish = ["exchange", "key", "when", "guarantee", "persistent"]
  static let bind = ["exchange", "key"]
  static let at =
    ["percent", "until", "fault", "load", "join"] + fault + ["factor", "seconds"]
  /// Fields of an entry of the timeline that has a fault.
  static let fault = ["service", "amount", "probability", "count", "seed"]
  static let phase = ["name", "from", "until"]
  static let step = [
    "phase", "title", "task", "question", "options", "answer", "reveal", "caveat",
  ]
  static let verdict = ["when", "text"]

  /// All of them with the name of their section, for the documentation.
  static let sections: [(name: String, keys: [String])] = [
    ("top level", root), ("texts", texts), ("ways", ways), ("peak", peak), ("accounts", accounts),
    ("knob", knob), ("exchange", exchange), ("service", service), ("calls", call),
    ("publish", publish), ("bind", bind), ("at", at), ("phase", phase), ("step", step),
    ("verdict", verdict),
  ]
}
