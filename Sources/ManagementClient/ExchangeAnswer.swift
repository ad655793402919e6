import JSONText
import Telemetry

/// What `/api/exchanges` says of one exchange.
struct ExchangeAnswer: Sendable, Hashable {
  var exchange: ExchangeSnapshot
  var isMoving: Bool

  /// - Parameter json: An element of the list; nil is returned without a name.
  init?(_ json: JSON) {
    guard let name = json["name"]?.text else { return nil }
    let stats = json["message_stats"] ?? .null
    exchange = ExchangeSnapshot(
      virtualHost: json["vhost"]?.text ?? "/",
      name: name,
      type: json.name("type"),
      isDurable: json.flag("durable"),
      isPredeclared: name.isEmpty || name.hasPrefix("amq."),
      published: stats.sum("publish_in"),
      routed: stats.sum("publish_out")
    )
    isMoving = stats.isMoving
  }

  var sums: [UInt64] { [exchange.published, exchange.routed] }

  /// Returns the exchange with sums as they are given out.
  func given(_ sums: [UInt64], bindingCount: Int) -> ExchangeSnapshot {
    var given = exchange
    (given.published, given.routed) = (sums[0], sums[1])
    given.bindingCount = bindingCount
    return given
  }

  /// What is asked for each exchange of a list.
  static let columns = [
    "vhost", "name", "type", "durable", "message_stats.publish_in", "message_stats.publish_out",
    "message_stats.publish_in_details.rate", "message_stats.publish_out_details.rate",
  ]
}

/// What `/api/bindings` says of one binding.
enum BindingAnswer {
  /// - Parameter json: An element of the list.
  /// - Returns: Nil for what leads nowhere.
  static func binding(_ json: JSON) -> BindingSnapshot? {
    guard let source = json["source"]?.text, let destination = json["destination"]?.text else {
      return nil
    }
    let pairs = (json["arguments"] ?? .null).members.map {
      WatchedDetails.Fact($0.name, $0.value.shown)
    }
    return BindingSnapshot(
      virtualHost: json["vhost"]?.text ?? "/",
      source: source,
      destination: json.name("destination_type") == "exchange"
        ? .exchange(destination) : .queue(destination),
      routingKey: json.name("routing_key"),
      arguments: pairs.map { $0.name + "=" + $0.value }.joined(separator: ","),
      argumentPairs: pairs
    )
  }

  static let columns = [
    "vhost", "source", "destination", "destination_type", "routing_key", "arguments",
  ]
}
