import Canvas
import Telemetry

/// What a form's texts mean.
extension Form {
  /// Reads `name=value, other=value` as pairs.
  func pairs(in field: String) throws(Mistake) -> [WatchedDetails.Fact] {
    var pairs: [WatchedDetails.Fact] = []
    for part in text(of: field).split(separator: ",") {
      let trimmed = Self.trimmed(part)
      if trimmed.isEmpty { continue }
      guard let sign = trimmed.firstIndex(of: "="), sign > trimmed.startIndex else {
        throw Mistake(field: field, text: "write name=value, with commas between")
      }
      let name = Self.trimmed(trimmed[..<sign])
      if pairs.contains(where: { $0.name == name }) {
        throw Mistake(field: field, text: "\(name) is there twice")
      }
      pairs.append(WatchedDetails.Fact(name, Self.trimmed(trimmed[trimmed.index(after: sign)...])))
    }
    return pairs
  }

  /// Reads a whole number.
  func number(in field: String, from least: Int, to most: Int) throws(Mistake) -> Int {
    guard let value = Int(Self.trimmed(text(of: field)[...])), (least...most).contains(value) else {
      throw Mistake(field: field, text: "write a number from \(least) to \(most)")
    }
    return value
  }

  /// Reads a name of at most 255 bytes.
  func name(in field: String, mayBeEmpty: Bool = false) throws(Mistake) -> String {
    let name = text(of: field)
    if name.isEmpty, !mayBeEmpty { throw Mistake(field: field, text: "write a name") }
    guard name.utf8.count <= 255 else {
      throw Mistake(field: field, text: "a name has at most 255 bytes")
    }
    return name
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first == " " { rest = rest.dropFirst() }
    while rest.last == " " { rest = rest.dropLast() }
    return String(rest)
  }

  /// Returns the effects that the form asks for, and what is said until their outcome is known.
  ///
  /// - Throws: ``Mistake`` about the first field that cannot be.
  func effects(in model: Model) throws(Mistake) -> Choice {
    switch purpose {
    case .publish: return .effects([.act(.publish(try draft()))])
    case .createQueue: return .effects([.act(.declareQueue(try queueDraft()))])
    case .createExchange: return .effects([.act(.declareExchange(try exchangeDraft()))])
    case .bind: return .effects([.act(.bind(try binding(in: model)))])
    case .prefetch(let consumer, let name, let old):
      let count = try number(in: "prefetch", from: 0, to: 65_535)
      return .effects(
        [.act(.setPrefetch(consumer: consumer, count: UInt16(count)))],
        undoable: .setPrefetch(consumer: consumer, name: name, old: UInt16(clamping: old))
      )
    case .closeConnection(let identifier):
      let reason = text(of: "reason")
      return .effects([.act(.closeConnection(identifier: identifier, reason: reason))])
    case .closeChannel(let connection, let number):
      let reason = text(of: "reason")
      return .effects(
        [.act(.closeChannel(connection: connection, number: number, reason: reason))]
      )
    case .move(let queue, _):
      let target = try existingQueue(in: "to", model, otherThan: queue)
      return .effects([.act(.moveMessages(queue, to: target))])
    case .park(let queue, let identifier):
      let target = try existingQueue(in: "to", model, otherThan: queue)
      return .effects([.act(.parkMessage(queue, identifier: identifier, to: target))])
    case .fault(let service, let kind): return model.putting(try fault(kind, on: service))
    case .shape(let kind): return model.shaping(try shape(kind))
    case .messageBytes: return model.sizing(try messageBytes())
    }
  }

  private func existingQueue(
    in field: String,
    _ model: Model,
    otherThan queue: QueueIdentity
  ) throws(Mistake) -> String {
    let name = try name(in: field)
    if name == queue.name {
      throw Mistake(field: field, text: "that is where they are; name another queue")
    }
    let identity = QueueIdentity(virtualHost: queue.virtualHost, name: name)
    guard model.liveQueue(identity) != nil else {
      throw Mistake(
        field: field,
        text: "there is no queue \(SafeText.clean(name)); create it with c"
      )
    }
    return name
  }

  /// The message that was written, without what is still in a file.
  func draft() throws(Mistake) -> MessageDraft {
    var properties = try pairs(in: "properties")
    if text(of: "delivery") == "persistent",
      !properties.contains(where: { $0.name == "delivery_mode" })
    {
      properties.append(WatchedDetails.Fact("delivery_mode", "2"))
    }
    let known = Self.propertyNames
    if let unknown = properties.first(where: { !known.contains($0.name) }) {
      throw Mistake(
        field: "properties",
        text: "no property \(unknown.name); there are \(known.prefix(4).joined(separator: ", ")) …"
      )
    }
    return MessageDraft(
      virtualHost: text(of: "virtual host"),
      exchange: try name(in: "exchange", mayBeEmpty: true),
      routingKey: try name(in: "routing key", mayBeEmpty: true),
      properties: properties,
      headers: try pairs(in: "headers"),
      body: Array(text(of: "body").utf8),
      count: try number(in: "how many", from: 1, to: 100_000)
    )
  }

  /// The properties of AMQP 0-9-1 section 4.2.6.1 that can be written.
  static let propertyNames = [
    "content_type", "content_encoding", "delivery_mode", "priority", "correlation_id", "reply_to",
    "expiration", "message_id", "timestamp", "type", "user_id", "app_id",
  ]

  private func queueDraft() throws(Mistake) -> QueueDraft {
    var arguments = try pairs(in: "arguments")
    let type = text(of: "type")
    if type != "classic", !arguments.contains(where: { $0.name == "x-queue-type" }) {
      arguments.append(WatchedDetails.Fact("x-queue-type", type))
    }
    return QueueDraft(
      identity: QueueIdentity(virtualHost: text(of: "virtual host"), name: try name(in: "name")),
      isDurable: text(of: "durable") == "yes",
      isAutoDelete: text(of: "auto-delete") == "yes",
      arguments: arguments
    )
  }

  private func exchangeDraft() throws(Mistake) -> ExchangeDraft {
    ExchangeDraft(
      identity: ExchangeIdentity(virtualHost: text(of: "virtual host"), name: try name(in: "name")),
      type: text(of: "type"),
      isDurable: text(of: "durable") == "yes",
      isAutoDelete: text(of: "auto-delete") == "yes",
      arguments: try pairs(in: "arguments")
    )
  }

  private func binding(in model: Model) throws(Mistake) -> BindingIdentity {
    let host = text(of: "virtual host")
    let source = try name(in: "exchange")
    let target = try name(in: "to")
    let exchanges = model.live.broker?.exchanges ?? []
    guard exchanges.contains(where: { $0.name == source && $0.virtualHost == host }) else {
      throw Mistake(field: "exchange", text: "there is no exchange \(SafeText.clean(source))")
    }
    let isQueue = text(of: "leads to") == "queue"
    let isThere =
      isQueue
      ? model.liveQueue(QueueIdentity(virtualHost: host, name: target)) != nil
      : exchanges.contains { $0.name == target && $0.virtualHost == host }
    guard isThere else {
      throw Mistake(
        field: "to",
        text: "there is no \(isQueue ? "queue" : "exchange") \(SafeText.clean(target))"
      )
    }
    let arguments = try pairs(in: "arguments")
    return BindingIdentity(
      virtualHost: host,
      source: source,
      destination: isQueue ? .queue(target) : .exchange(target),
      routingKey: try name(in: "routing key", mayBeEmpty: true),
      arguments: arguments.map { "\($0.name)=\($0.value)" }.joined(separator: ","),
      argumentPairs: arguments
    )
  }
}
