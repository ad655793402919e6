import Telemetry

/// How the screen speaks of faults.
enum FaultText {
  /// A kind in one or two words.
  static func name(of kind: FaultKind) -> String {
    switch kind {
    case .latency: "latency"
    case .jitter: "jitter"
    case .error: "error"
    case .hang: "hang"
    case .crash: "crash"
    case .crashLoop: "crash-loop"
    case .slow: "slow"
    case .poison: "poison"
    case .drop: "drop link"
    case .split: "split"
    case .memoryAlarm: "memory alarm"
    case .diskAlarm: "disk alarm"
    case .queueFull: "queue full"
    case .unbind: "unbind"
    case .brokerCrash: "broker crash"
    case .brokerRestart: "broker restart"
    case .noConfirms: "no confirms"
    case .wrongKey: "wrong key"
    case .oversizedBody: "oversized body"
    case .duplicateIDs: "duplicate ids"
    }
  }

  /// A kind as the menu calls it.
  static func menuName(of kind: FaultKind) -> String {
    kind == .error ? "error %" : name(of: kind)
  }

  /// What a kind does, for the menu.
  static func meaning(of kind: FaultKind) -> String {
    let amount = amount(kind.usualAmount, of: kind)
    return switch kind {
    case .latency: "every step waits \(amount) longer"
    case .jitter: "every step waits up to \(amount) longer"
    case .error: "\(amount) of the steps fail"
    case .hang: "its process is stopped, its sockets stay open"
    case .crash: "its process is killed"
    case .crashLoop: "killed \(amount) after each start"
    case .slow: "every step takes \(amount) as long"
    case .poison: "every \(amount) a message that always fails"
    case .drop: "its connections are cut once"
    case .split: "nothing gets through, nothing is closed"
    case .memoryAlarm: "publishers are blocked: no memory"
    case .diskAlarm: "publishers are blocked: no disk"
    case .queueFull: "its queue refuses more than \(amount)"
    case .unbind: "its queue loses its bindings"
    case .brokerCrash: "the broker dies and starts again"
    case .brokerRestart: "the broker is away for \(amount)"
    case .noConfirms: "it waits for no confirm"
    case .wrongKey: "its messages match no binding"
    case .oversizedBody: "its messages are \(amount) larger"
    case .duplicateIDs: "it publishes every message twice"
    }
  }

  /// The key of a kind in the menu.
  static func key(of kind: FaultKind) -> Unicode.Scalar {
    switch kind {
    case .latency: "1"
    case .jitter: "2"
    case .error: "3"
    case .hang: "4"
    case .crash: "5"
    case .crashLoop: "6"
    case .slow: "7"
    case .poison: "8"
    case .drop: "9"
    case .split: "0"
    case .queueFull: "l"
    case .unbind: "b"
    case .noConfirms: "n"
    case .wrongKey: "w"
    case .oversizedBody: "o"
    case .duplicateIDs: "d"
    case .memoryAlarm: "m"
    case .diskAlarm: "s"
    case .brokerCrash: "c"
    case .brokerRestart: "r"
    }
  }

  /// The kinds in the order of the menu.
  static let menu: [FaultKind] = [
    .latency, .jitter, .error, .hang, .crash, .crashLoop, .slow, .poison, .drop, .split,
    .queueFull, .unbind, .noConfirms, .wrongKey, .oversizedBody, .duplicateIDs, .memoryAlarm,
    .diskAlarm, .brokerCrash, .brokerRestart,
  ]

  /// An amount with its unit: `2 000 ms`, `50 %`, `10 times`.
  static func amount(_ amount: Int, of kind: FaultKind) -> String {
    switch kind.unit {
    case "ms"? where amount >= 1_000 && amount % 1_000 == 0: "\(Format.count(amount / 1_000)) s"
    case let unit?: "\(Format.count(amount)) \(unit)"
    case nil: ""
    }
  }

  /// `latency 2 s`, with what is unusual about it: `error % 50 %, 10 % of the steps, for 20 s`.
  static func description(of request: FaultRequest) -> String {
    let kind = request.kind
    var text = name(of: kind)
    if kind.unit != nil { text += " " + amount(request.amount, of: kind) }
    if kind.strikesSteps, request.percent != 100 { text += ", \(request.percent)% of the steps" }
    if let count = request.count { text += ", \(Format.count(count)) times" }
    if let seconds = request.seconds { text += ", for \(Format.seconds(seconds))" }
    if kind.strikesSteps, request.seed != 1 { text += ", seed \(request.seed)" }
    return text
  }
}
