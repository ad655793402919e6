import AMQP

/// The arguments of queues that RabbitMQ 3.10 knows: which type takes which, and what they may be.
///
/// Unknown ones are kept and never looked at.
enum QueueArguments {
  /// In the order in which RabbitMQ checks and compares them.
  private static let ofClassic = [
    "x-expires", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-routing-key",
    "x-max-length", "x-max-length-bytes", "x-max-priority", "x-overflow", "x-queue-mode",
    "x-queue-version", "x-single-active-consumer", "x-queue-type", "x-queue-master-locator",
  ]
  private static let ofQuorum = [
    "x-expires", "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy",
    "x-max-length", "x-max-length-bytes", "x-max-in-memory-length", "x-max-in-memory-bytes",
    "x-overflow", "x-single-active-consumer", "x-queue-type", "x-message-ttl",
    "x-quorum-initial-group-size", "x-delivery-limit", "x-queue-leader-locator",
  ]
  private static let ofStream = [
    "x-max-age", "x-stream-max-segment-size-bytes", "x-initial-cluster-size",
  ]
  private static let all = Set(ofClassic + ofQuorum + ofStream)

  private static func known(to type: QueueType) -> [String] {
    switch type {
    case .classic: ofClassic
    case .quorum: ofQuorum
    }
  }

  /// The longest time that RabbitMQ's timers take: ten years.
  static let longestMilliseconds: Int64 = 315_360_000_000
  private static let highestPriority: Int64 = 255

  /// Why a queue cannot be declared with its arguments; nil when it can.
  static func refusal(of declaration: QueueDeclaration, in host: VirtualHost) -> Violation? {
    let arguments = declaration.arguments
    let entity = "queue '\(declaration.name.text)' in vhost '\(host.name)'"
    if case .string(let bytes) = arguments["x-queue-type"], bytes.elementsEqual("stream".utf8) {
      return Violation(
        .notImplemented,
        "x-queue-type 'stream' is not implemented: this broker has classic and quorum queues"
      )
    }
    if let value = arguments["x-dead-letter-exchange"], !value.isText {
      return Violation(
        .preconditionFailed,
        "invalid type '\(value.typeName)' for arg 'x-dead-letter-exchange' in \(entity)"
      )
    }
    if let reason = arguments["x-queue-type"].flatMap({ refusal(ofType: $0) }) {
      return .invalid("x-queue-type", of: entity, because: reason)
    }
    let type = QueueType(of: arguments)
    let known = known(to: type)
    for key in known {
      guard let value = arguments[key] else { continue }
      // RabbitMQ does not look where the master of an exclusive queue is to be.
      if key == "x-queue-master-locator", declaration.isExclusive { continue }
      if let reason = refusal(of: key, value, among: arguments) {
        return .invalid(key, of: entity, because: reason)
      }
    }
    for entry in arguments.entries where all.contains(entry.key) && !known.contains(entry.key) {
      return Violation(
        .preconditionFailed,
        "invalid arg '\(entry.key)' for \(entity) of queue type rabbit_\(type.rawValue)_queue"
      )
    }
    return nil
  }

  private static func refusal(ofType value: FieldValue) -> String? {
    if QueueType(value) != nil { return nil }
    guard value.isText else { return "{unacceptable_type,\(value.typeName)}" }
    return "\"unsupported queue type '\(value.plainText)'\""
  }

  private static func refusal(
    of key: String,
    _ value: FieldValue,
    among arguments: FieldTable
  ) -> String? {
    switch key {
    case "x-expires":
      return value.integer == 0 ? "{value_zero,0}" : refusal(ofTime: value)
    case "x-message-ttl": return refusal(ofTime: value)
    case "x-max-length", "x-max-length-bytes", "x-max-in-memory-length", "x-max-in-memory-bytes":
      return refusal(ofCount: value)
    case "x-quorum-initial-group-size":
      return value.integer == 0 ? "{value_zero,0}" : refusal(ofCount: value)
    case "x-max-priority":
      if let number = value.integer, number > highestPriority {
        return "{max_value_exceeded,\(number)}"
      }
      return refusal(ofCount: value)
    case "x-queue-version":
      if let number = value.integer, number == 0 || number > 2 {
        return "\"unsupported queue version '\(number)'\""
      }
      return refusal(ofCount: value)
    case "x-single-active-consumer":
      if case .boolean = value { return nil }
      return "{unacceptable_type,\(value.typeName)}"
    case "x-dead-letter-routing-key":
      guard value.isText else { return "{unacceptable_type,\(value.typeName)}" }
      return arguments["x-dead-letter-exchange"] == nil ? "routing_key_but_no_dlx_defined" : nil
    case "x-overflow", "x-queue-mode", "x-dead-letter-strategy", "x-queue-leader-locator",
      "x-queue-master-locator":
      return refusal(ofWord: value, for: key)
    default: return nil
    }
  }

  private static func refusal(ofCount value: FieldValue) -> String? {
    guard let number = value.integer else {
      return "\"expected integer, got \(value.typeName)\""
    }
    return number < 0 ? "{value_negative,\(number)}" : nil
  }

  private static func refusal(ofTime value: FieldValue) -> String? {
    if let refusal = refusal(ofCount: value) { return refusal }
    guard let number = value.integer, number > longestMilliseconds else { return nil }
    return "{value_too_large,\(number)}"
  }

  private static func refusal(ofWord value: FieldValue, for key: String) -> String? {
    guard value.isText else { return "{unacceptable_type,\(value.typeName)}" }
    let word = value.plainText
    switch key {
    case "x-overflow": return Overflow(rawValue: word) == nil ? "invalid_overflow" : nil
    case "x-queue-mode":
      return ["default", "lazy"].contains(word) ? nil : "\"unsupported queue mode '\(word)'\""
    case "x-dead-letter-strategy":
      return ["at-most-once", "at-least-once"].contains(word) ? nil : "invalid_dlx_strategy"
    case "x-queue-leader-locator":
      let words = ["client-local", "balanced", "random", "least-leaders"]
      return words.contains(word) ? nil : "invalid_queue_locator_arg"
    default:
      // RabbitMQ ends the connection with 541 here, which is a fault of its own.
      let words = ["min-masters", "client-local", "random"]
      return words.contains(word) ? nil : "\"unsupported queue master locator '\(word)'\""
    }
  }

  /// The first argument in which a declaration differs from the queue; nil when it asks for the
  /// same.
  ///
  /// Numbers compare by value, whatever their types; unknown arguments are not compared.
  static func difference(
    between current: FieldTable,
    and received: FieldTable,
    of entity: String
  ) -> Violation? {
    let type = QueueType(of: current)
    for key in known(to: type) {
      let (old, new) = (current[key], received[key])
      if isSame(old, new) || (key == "x-queue-type" && isClassic(old) && isClassic(new)) {
        continue
      }
      if let old, let new {
        return .inequivalent(key, of: entity, received: new.plainText, current: old.plainText)
      }
      return Violation(
        .preconditionFailed,
        "inequivalent arg '\(key)' for \(entity): received \(said(new)) but current is \(said(old))"
      )
    }
    return nil
  }

  private static func isClassic(_ value: FieldValue?) -> Bool {
    value == nil || value?.text == QueueType.classic.rawValue
  }

  private static func isSame(_ left: FieldValue?, _ right: FieldValue?) -> Bool {
    if let left = left?.integer, let right = right?.integer { return left == right }
    return left == right
  }

  private static func said(_ value: FieldValue?) -> String {
    guard let value else { return "none" }
    return "the value '\(value.plainText)' of type '\(value.typeName)'"
  }
}

extension FieldValue {
  fileprivate var isText: Bool {
    if case .string = self { return true }
    return false
  }
}

extension Violation {
  fileprivate static func invalid(
    _ argument: String,
    of entity: String,
    because reason: String
  ) -> Violation {
    Violation(.preconditionFailed, "invalid arg '\(argument)' for \(entity): \(reason)")
  }
}
