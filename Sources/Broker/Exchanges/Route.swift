#if canImport(Glibc)
import Glibc
#endif

/// Where one message goes, remembered until the topology changes when exchange and routing key alone
/// decide that.
final class Route {
  let exchange: Exchange
  let queues: [Queue]
  /// The only queue, when there is just one and no other exchange on the way: the common case needs
  /// no walk over an array.
  let onlyQueue: Queue?
  /// The other exchanges on the way, through bindings or as alternates.
  let hops: [Hop]
  /// Whether it is right for every message with this exchange and routing key.
  let isFixed: Bool
  /// The delayed exchanges on the way that hold the message back, and for how long.
  let holds: RouteWalk.Holds
  private let bytes: [UInt8]
  private let exchangeBytes: Int
  private let generation: UInt64

  /// An exchange on the way and how many queues it found itself.
  struct Hop {
    let exchange: Exchange
    var queueCount: Int
  }

  init(
    of message: Message,
    through exchange: Exchange,
    walk: RouteWalk,
    generation: UInt64
  ) {
    self.exchange = exchange
    queues = walk.queues
    hops = walk.hops
    holds = walk.holds
    onlyQueue = queues.count == 1 && hops.isEmpty && holds.exchanges.isEmpty ? queues[0] : nil
    isFixed = walk.isFixed && !message.traits.contains(.copies)
    bytes = isFixed ? Array(message.route) : []
    exchangeBytes = message.exchange.count
    self.generation = generation
  }

  /// Whether the topology is still the one that it was made for.
  func isCurrent(_ now: UInt64) -> Bool { generation == now }

  /// Says whether the route is still right and is the one of this message.
  @inline(__always)
  func matches(_ message: Message, generation now: UInt64) -> Bool {
    let route = message.route
    guard
      generation == now,
      !message.traits.contains(.copies),
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
/// Direct-mapped: a slot holds one route, and a new one replaces it. The table grows while routes
/// push out each other, up to a limit; so the memory is bounded whatever keys publishers invent.
struct RouteCache {
  private var slots = [Route?](repeating: nil, count: RouteCache.fewestSlots)
  private var isEmpty = true
  /// Routes that pushed another out since the table last grew.
  private var conflicts = 0

  /// Powers of two; 1 024 routes of at most 510 bytes are half a megabyte.
  private static let fewestSlots = 1_024
  private static let mostSlots = 65_536

  private func index(of message: Message) -> Int {
    // FNV-1a: good enough to spread keys, and nothing breaks when they collide.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in message.route { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(slots.count - 1))
  }

  func route(of message: Message, generation: UInt64) -> Route? {
    guard let route = slots[index(of: message)], route.matches(message, generation: generation)
    else { return nil }
    return route
  }

  mutating func insert(_ route: Route, of message: Message, generation: UInt64) {
    let slot = index(of: message)
    if let old = slots[slot], old.isCurrent(generation) { conflicts += 1 }
    if conflicts > slots.count, slots.count < Self.mostSlots {
      slots = [Route?](repeating: nil, count: slots.count * 4)
      conflicts = 0
    }
    slots[index(of: message)] = route
    isEmpty = false
  }

  /// Drops every route, so that none keeps a deleted queue or exchange alive.
  mutating func removeAll() {
    guard !isEmpty else { return }
    self = RouteCache()
  }
}
