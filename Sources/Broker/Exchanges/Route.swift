#if canImport(Glibc)
import Glibc
#endif

/// Where one message goes, remembered until the topology changes when exchange and routing key alone
/// decide that.
final class Route {
  // First what each message needs, so that it lies in one line of the cache.
  let exchange: Exchange
  /// The only queue, when there is just one, no other exchange on the way and no tap: the common
  /// case needs no walk over an array and no look at anything rare.
  let onlyQueue: Queue?
  private let bytes: [UInt8]
  private let exchangeBytes: Int
  private let generation: UInt64
  /// Messages that went along it and are not counted with its bindings yet: one number to count up
  /// for each message, however many bindings there are.
  var uses: UInt64 = 0
  /// Whether it is right for every message with this exchange and routing key.
  let isFixed: Bool
  /// Whether a tap wants what goes along it.
  let isTapped: Bool
  let queues: [Queue]
  /// The other exchanges on the way, through bindings or as alternates.
  let hops: [Hop]
  /// The bindings on the way, each once.
  private let bindings: [Binding]
  /// The delayed exchanges on the way that hold the message back, and for how long.
  let holds: RouteWalk.Holds
  /// Where its uses count for the exchange that is watched.
  private let keyCount: RoutingKeyCounts.Count?

  /// An exchange on the way and how many queues it found itself.
  struct Hop {
    let exchange: Exchange
    var queueCount: Int
  }

  init(
    of message: Message,
    through exchange: Exchange,
    walk: RouteWalk,
    isTapped: Bool,
    keyCount: RoutingKeyCounts.Count?,
    generation: UInt64
  ) {
    self.exchange = exchange
    queues = walk.queues
    hops = walk.hops
    holds = walk.holds
    bindings = walk.bindings
    self.isTapped = isTapped
    self.keyCount = keyCount
    let isPlain = hops.isEmpty && holds.exchanges.isEmpty && !isTapped
    onlyQueue = queues.count == 1 && isPlain ? queues[0] : nil
    isFixed = walk.isFixed && !message.traits.contains(.copies)
    bytes = isFixed ? Array(message.route) : []
    exchangeBytes = message.exchange.count
    self.generation = generation
  }

  deinit {
    credit()
  }

  /// Counts its uses with its bindings, and with its routing key.
  func credit() {
    guard uses > 0 else { return }
    for binding in bindings { binding.hits &+= uses }
    keyCount?.add(uses)
    uses = 0
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
/// A key has four slots that it may be in, which lie in one cache line; a new route replaces one of
/// them. The table grows while routes push out each other, up to a limit; so the memory is bounded
/// whatever keys publishers invent.
struct RouteCache {
  private var slots = [Slot](repeating: Slot(), count: RouteCache.fewestSlots)
  private var isEmpty = true
  /// Routes that pushed another out since the table last grew.
  private var conflicts = 0

  private struct Slot {
    var hash: UInt64 = 0
    var route: Route?
  }

  /// Powers of two; 1 024 routes of at most 510 bytes are half a megabyte.
  private static let fewestSlots = 1_024
  private static let mostSlots = 65_536
  private static let slotsOfKey = 4

  /// Good enough to spread keys, and nothing breaks when they collide.
  private func hash(of message: Message) -> UInt64 {
    // Safe: each load is within the route's bytes.
    let bytes = message.route
    var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      hash = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 32
      offset += 8
    }
    while offset < bytes.count {
      hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01B3
      offset += 1
    }
    return (hash ^ (hash >> 29)) &* 0x94D0_49BB_1331_11EB
  }

  private func places(of hash: UInt64) -> Range<Int> {
    let sets = UInt64(slots.count / Self.slotsOfKey)
    let first = Int(truncatingIfNeeded: (hash >> 32) & (sets - 1)) * Self.slotsOfKey
    return first..<(first + Self.slotsOfKey)
  }

  func route(of message: Message, generation: UInt64) -> Route? {
    let hash = hash(of: message)
    for place in places(of: hash) where slots[place].hash == hash {
      if let route = slots[place].route, route.matches(message, generation: generation) {
        return route
      }
    }
    return nil
  }

  mutating func insert(_ route: Route, of message: Message, generation: UInt64) {
    let hash = hash(of: message)
    if conflicts > slots.count, slots.count < Self.mostSlots {
      slots = [Slot](repeating: Slot(), count: slots.count * 4)
      conflicts = 0
    }
    let places = places(of: hash)
    let free = places.first { slots[$0].route?.isCurrent(generation) != true }
    if free == nil { conflicts += 1 }
    slots[free ?? places.lowerBound + conflicts % Self.slotsOfKey] = Slot(hash: hash, route: route)
    isEmpty = false
  }

  func forEach(_ body: (Route) -> Void) {
    guard !isEmpty else { return }
    for slot in slots { if let route = slot.route { body(route) } }
  }

  /// Drops every route, so that none keeps a deleted queue or exchange alive.
  mutating func removeAll() {
    guard !isEmpty else { return }
    self = RouteCache()
  }
}
