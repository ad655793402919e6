/// What is known of one feature of one broker.
package enum FeatureFinding: String, Sendable, Hashable {
  /// A probe saw it work.
  case works = "yes"
  /// A probe was refused, or saw that it does nothing.
  case missing = "no"
  /// The broker lists it among its capabilities, and no probe can show it.
  case declared
  /// Nothing is known: the probe did not end, or its answer had two meanings.
  case unknown = "-"
}

/// A feature of the protocol and how it is found.
struct Feature: Sendable {
  /// As server properties or RabbitMQ's documents name it.
  let name: String
  /// Its name among the capabilities, where it has one.
  var capability: String?
  /// Tries it; nil when the answer has two meanings.
  ///
  /// Without a probe the capability counts alone.
  var probe: (@Sendable (ProbeStage) async throws(ProbeRefusal) -> Bool?)?

  static let all: [Feature] =
    exchangeTypes + exchangeFeatures + queueTypes + queueFeatures + publisherFeatures
    + consumerFeatures
    + [
      Feature(name: "connection.blocked", capability: "connection.blocked"),
      Feature(name: "authentication failure close", capability: "authentication_failure_close"),
    ]
}

extension Feature {
  /// Exchange types: those that a broker has take a declaration, others close the connection.
  fileprivate static let exchangeTypes = [
    "direct", "fanout", "topic", "headers", "x-delayed-message", "x-consistent-hash", "x-random",
    "x-modulus-hash", "x-recent-history", "x-local-random",
  ]
  .map { type in
    Feature(
      name: "exchange type \(type)",
      probe: { stage throws(ProbeRefusal) in
        let arguments = type == "x-delayed-message" ? ["x-delayed-type": "direct"] : [:]
        try await stage.declareExchange(type: type, arguments: arguments)
        // A broker that takes any type would say nothing with it.
        return try await stage.isRefused { stage throws(ProbeRefusal) in
          try await stage.declareExchange(type: "sluice-no-such-type", arguments: [:])
        } ? true : nil
      }
    )
  }
}
