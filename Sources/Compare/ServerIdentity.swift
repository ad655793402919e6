package import AMQP
package import AMQPClient

/// What a broker says of itself in `connection.start`.
package struct ServerIdentity: Sendable, Hashable {
  /// Which broker it is, as far as that changes what its words mean.
  package enum Kind: Sendable, Hashable {
    case sluice
    case rabbitMQ
    case lavinMQ
    case other
  }

  package let kind: Kind
  /// Printable ASCII, cut; empty when it does not say.
  package let product: String
  package let version: String
  package let platform: String
  package let cluster: String
  /// The names of its capabilities that are true.
  package let capabilities: Set<String>

  /// Reads server properties.
  ///
  /// - Parameter properties: As they came.
  package init(_ properties: FieldTable) {
    func text(_ key: String) -> String {
      PlainText.ascii(properties[key]?.text ?? "", limit: Limits.identityCharacters)
    }
    platform = text("platform")
    version = text("version")
    cluster = text("cluster_name")
    let product = text("product")
    // It says RabbitMQ to clients, because some of them ask for that.
    if platform.hasPrefix("Sluice") {
      kind = .sluice
      self.product = "Sluice"
    } else {
      switch product.lowercased() {
      case "rabbitmq": kind = .rabbitMQ
      case "lavinmq": kind = .lavinMQ
      default: kind = .other
      }
      self.product = product
    }
    var capabilities: Set<String> = []
    if case .table(let table)? = properties["capabilities"] {
      for entry in table.entries where entry.value == .boolean(true) {
        capabilities.insert(PlainText.ascii(entry.key, limit: Limits.identityCharacters))
      }
    }
    self.capabilities = capabilities
  }

  /// As the table names it: `RabbitMQ 3.10.8`.
  package var title: String {
    switch kind {
    case .sluice: "Sluice, as RabbitMQ \(version)"
    case .rabbitMQ, .lavinMQ, .other:
      product.isEmpty ? "says not" : version.isEmpty ? product : "\(product) \(version)"
    }
  }

  /// Major and minor number of the version; nil when it is no such version.
  var release: (major: Int, minor: Int)? {
    let parts = version.split(separator: ".", maxSplits: 2)
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
    return (major, minor)
  }
}

/// What a confirm of a persistent message on a durable queue means, by the broker's documents.
///
/// Nobody outside of a broker can measure when its disk has something, so this is the one part of
/// the table that is believed and not measured.
package enum ConfirmMeaning {
  /// Says it in words.
  ///
  /// - Parameters:
  ///   - identity: Of the broker.
  ///   - queueType: Of its durable queue.
  /// - Returns: One or two sentences.
  package static func text(_ identity: ServerIdentity, _ queueType: QueueType) -> String {
    switch identity.kind {
    case .sluice:
      "the disk has it: the fdatasync of its group has returned (DeliveryGuarantees.md)"
    case .rabbitMQ: rabbitMQ(identity, queueType)
    case .lavinMQ: lavinMQ(identity)
    case .other: "not known; ask its documents whether it waits for the disk"
    }
  }

  private static func rabbitMQ(
    _ identity: ServerIdentity,
    _ queueType: QueueType
  ) -> String {
    switch queueType {
    case .quorum:
      return "a majority of the queue's members have it on disk, fsync included "
        + "(rabbitmq.com/docs/quorum-queues); with one member that one"
    case .classic:
      let persisted =
        "\"persisted to disk\" (rabbitmq.com/docs/confirms), in batches; a message that was "
        + "acknowledged before is confirmed too and may never be written"
      guard let release = identity.release else { return persisted }
      // rabbitmq-server #8507, merged in June 2023: the message store no longer calls fsync.
      return (release.major, release.minor) >= (3, 13)
        ? persisted + "; since 3.13 without fsync, so that a loss of power can take it"
        : persisted + "; a batch is synced after some hundred ms, or when the queue is idle"
    }
  }

  private static func lavinMQ(_ identity: ServerIdentity) -> String {
    guard let release = identity.release else { return "not known for this version" }
    // cloudamqp/lavinmq #531 took the fsync out in June 2023, #1891 brought syncfs in with 2.9.0.
    return (release.major, release.minor) >= (2, 9)
      ? "the disk has it: syncfs has returned (since 2.9.0), unless sync = false is set"
      : "the operating system has it; no fsync before 2.9.0, so that a loss of power can take it"
  }
}
