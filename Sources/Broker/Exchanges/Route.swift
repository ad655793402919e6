#if canImport(Glibc)
import Glibc
#endif

/// Where one exchange and routing key lead, remembered until the topology changes.
final class Route {
  let exchange: Exchange
  let queues: [Queue]
  /// The only queue, when there is just one: the common case needs no walk over an array.
  let onlyQueue: Queue?
  private let bytes: [UInt8]
  private let exchangeBytes: Int
  private let generation: UInt64

  init(of message: Message, through exchange: Exchange, generation: UInt64) {
    self.exchange = exchange
    queues = exchange.queues(for: message.routingKey)
    onlyQueue = queues.count == 1 ? queues[0] : nil
    bytes = Array(message.route)
    exchangeBytes = message.exchange.count
    self.generation = generation
  }

  /// Says whether the route is still right and is the one of this message.
  @inline(__always)
  func matches(_ message: Message, generation now: UInt64) -> Bool {
    let route = message.route
    guard
      generation == now,
      route.count == bytes.count,
      message.exchange.count == exchangeBytes
    else { return false }
    guard let start = route.baseAddress, !route.isEmpty else { return true }
    // Safe: both sides are `route.count` long.
    return bytes.withUnsafeBytes { memcmp($0.baseAddress ?? start, start, route.count) == 0 }
  }
}

/// The routes of the last messages, found by a hash of exchange and routing key.
///
/// Direct-mapped: a slot holds one route, and a new one replaces it. So the memory is bounded
/// whatever keys publishers invent.
struct RouteCache {
  private var slots = [Route?](repeating: nil, count: RouteCache.slotCount)

  /// Power of two; 1 024 routes of at most 510 bytes are half a megabyte.
  private static let slotCount = 1_024

  private static func index(of message: Message) -> Int {
    // FNV-1a: good enough to spread keys, and nothing breaks when they collide.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in message.route { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(slotCount - 1))
  }

  func route(of message: Message, generation: UInt64) -> Route? {
    guard let route = slots[Self.index(of: message)], route.matches(message, generation: generation)
    else { return nil }
    return route
  }

  mutating func insert(_ route: Route, of message: Message) {
    slots[Self.index(of: message)] = route
  }

  /// Drops every route, so that none keeps a deleted queue or exchange alive.
  mutating func removeAll() {
    for index in slots.indices { slots[index] = nil }
  }
}
