import AMQP
import Broker
import Definitions
import JSONText
import struct NIOCore.ByteBuffer
import WebText

extension Describer {
  /// An exchange; alone it also has `incoming` and `outgoing`, which have rows in RabbitMQ when rates
  /// are kept in detail.
  func exchange(_ exchange: ExchangeListing, isAlone: Bool = false) -> JSON {
    var members: [(String, JSON)] = [
      ("name", .string(exchange.name)), ("vhost", .string(exchange.virtualHost)),
      ("type", .string(exchange.type.rawValue)), ("durable", .boolean(exchange.isDurable)),
      ("auto_delete", .boolean(exchange.isAutoDelete)),
      ("internal", .boolean(exchange.isInternal)), ("arguments", JSON(exchange.arguments)),
      ("user_who_performed_action", .string(exchange.isPredeclared ? "rmq-internal" : "")),
    ]
    if let policy = exchange.policyName { members.append(("policy", .string(policy))) }
    if isAlone { members += [("incoming", []), ("outgoing", [])] }
    let subject = Subject.exchange(exchange.virtualHost, exchange.name)
    return object(members, [messageStats(.exchange, exchange.values, of: subject)])
  }

  /// A binding.
  static func binding(_ binding: BindingListing) -> JSON {
    let description = binding.description
    return [
      "source": .string(description.source.text), "vhost": .string(binding.virtualHost),
      "destination": .string(description.destination.text),
      "destination_type": .string(description.destinationKind.rawValue),
      "routing_key": .string(description.routingKey.text),
      "arguments": JSON(description.arguments),
      "properties_key": .string(description.propertiesKey),
    ]
  }
}

extension BindingDescription {
  /// What tells bindings between two ends apart, as a part of a path: the routing key, and with
  /// arguments also a hash of these.
  ///
  /// RabbitMQ hashes with Erlang's `phash2`; clients take the key as it is.
  var propertiesKey: String {
    let key = PercentCoding.encode(routingKey.text, hasPlus: true)
    guard !arguments.isEmpty else { return key.isEmpty ? "~" : key }
    var buffer = ByteBuffer()
    arguments.encodeEntries(into: &buffer)
    // FNV-1a, 32 bits.
    let hash = buffer.readableBytesView.reduce(UInt32(2_166_136_261)) { hash, byte in
      (hash ^ UInt32(byte)) &* 16_777_619
    }
    return key + "~" + String(hash, radix: 36)
  }
}
