import AMQPServer
import Broker
import Synchronization
import Telemetry

/// Samples of all figures, from which rates and histories come.
///
/// RabbitMQ samples each 5 s, always. Here samples are taken from the first request on until nobody
/// has asked for ``interestSeconds``, so that a broker without a watcher pays nothing.
final class Statistics: Sendable {
  private let broker: BrokerServer
  private let state = Mutex(State())

  private struct State {
    var samples: [Sample] = []
    var sampling: Task<Void, Never>?
    var lastInterest = ContinuousClock.now
  }

  /// Between two samples (RabbitMQ, `collect_statistics_interval`).
  static let sampleSeconds = 5
  /// How long samples are taken after the last request.
  static let interestSeconds = 600
  /// How far back histories go, in samples.
  static let samplesLimit = 601 / sampleSeconds + 1
  /// Values that are kept at most: with many objects histories are shorter, down to two samples.
  static let valuesLimit = 1_000_000

  init(_ broker: BrokerServer) {
    self.broker = broker
  }

  /// The oldest first.
  var samples: [Sample] { state.withLock { $0.samples } }

  /// Somebody asks for statistics, so they are taken from now on.
  func noteInterest() {
    state.withLock { state in
      state.lastInterest = .now
      guard state.sampling == nil else { return }
      state.sampling = Task { [weak self] in
        while !Task.isCancelled, await self?.sample() == true {
          // A cancelled sleep ends the loop.
          try? await Task.sleep(for: .seconds(Self.sampleSeconds))
        }
      }
    }
  }

  /// Takes no more samples.
  func end() {
    state.withLock { $0.sampling }?.cancel()
  }

  /// Forgets all samples.
  func reset() {
    state.withLock { $0.samples = [] }
  }

  /// Takes one sample.
  ///
  /// - Returns: false when nobody has asked for long, and samples end.
  private func sample() async -> Bool {
    let hasEnded = state.withLock { state in
      guard state.lastInterest.duration(to: .now) >= .seconds(Self.interestSeconds) else {
        return false
      }
      state.sampling = nil
      state.samples = []
      return true
    }
    if hasEnded { return false }
    let parts: ListingParts = [.queues, .exchanges, .connections, .channels]
    guard let listing = await broker.withBroker({ $0.listing(parts) }) else { return true }
    let sample = Sample(listing, await broker.resources())
    state.withLock { state in
      state.samples.append(sample)
      Self.trim(&state.samples)
    }
    return true
  }

  private static func trim(_ samples: inout [Sample]) {
    let size = samples.last?.valueCount ?? 0
    let affordable = max(2, valuesLimit / max(1, size))
    let excess = samples.count - min(samplesLimit, affordable)
    if excess > 0 { samples.removeFirst(excess) }
    // A broker that came back began to count anew.
    if let index = samples.indices.dropFirst().last(where: {
      samples[$0].startedAt != samples[$0 - 1].startedAt
    }) {
      samples.removeFirst(index)
    }
  }
}

/// All figures at one instant.
struct Sample: Sendable {
  /// Nanoseconds of the broker's clock.
  let at: Int64
  /// Milliseconds since 1970.
  let wallMilliseconds: Int64
  let startedAt: Int64
  let values: [Subject: Values]
  /// Queues of which a consumer could take a message.
  let deliverable: Set<UInt64>
  let valueCount: Int

  init(
    at: Int64,
    wallMilliseconds: Int64,
    startedAt: Int64 = 0,
    values: [Subject: Values],
    deliverable: Set<UInt64> = []
  ) {
    self.at = at
    self.wallMilliseconds = wallMilliseconds
    self.startedAt = startedAt
    self.values = values
    self.deliverable = deliverable
    valueCount = values.values.reduce(0) { $0 + $1.count }
  }

  init(_ listing: BrokerListing, _ resources: NodeResources) {
    var values: [Subject: Values] = [
      .messages: listing.counts.values, .lengths: listing.lengthValues,
      .churn: listing.churnValues, .node: resources.values,
    ]
    for host in listing.hosts {
      values[.hostMessages(host.name)] = host.counts.values
      values[.hostBytes(host.name)] = host.byteValues
      values[.hostLengths(host.name)] = host.lengthValues
    }
    for queue in listing.queues { values[.queue(queue.number)] = queue.values }
    for exchange in listing.exchanges {
      values[.exchange(exchange.virtualHost, exchange.name)] = exchange.values
    }
    for connection in listing.connections {
      values[.connection(connection.identifier)] = connection.values
    }
    for channel in listing.channels {
      values[.channel(channel.connectionIdentifier, channel.number)] = channel.counts.values
    }
    self.init(
      at: listing.at.nanoseconds,
      wallMilliseconds: listing.wallTime.milliseconds,
      startedAt: resources.startedAt,
      values: values,
      deliverable: Set(listing.queues.lazy.filter(\.canDeliver).map(\.number))
    )
  }
}

extension NodeResources {
  /// As ``Figures/node``.
  var values: Values {
    [freeDiskBytes ?? 0, fileCount ?? 0, usedMemoryBytes ?? 0, socketCount].map { Int64($0) }
  }
}
