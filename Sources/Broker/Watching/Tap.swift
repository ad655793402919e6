import DequeModule
import Telemetry

/// Keeps the newest messages that go to one queue or exchange, for a person to look at.
///
/// A short message is kept as it is, by a reference, so that even a busy exchange can be tapped;
/// of a long one the beginning is copied, as often as a budget allows.
///
/// - Isolation: the broker's loop.
final class Tap {
  let target: Target
  private var kept: Deque<Tapped> = []
  private(set) var seen: UInt64 = 0
  private var windowEndsAt: Int64 = 0
  private var windowBytes = 0

  enum Target {
    case queue(Queue)
    case exchange(Exchange)

    var identifier: ObjectIdentifier {
      switch self {
      case .queue(let queue): ObjectIdentifier(queue)
      case .exchange(let exchange): ObjectIdentifier(exchange)
      }
    }
  }

  private struct Tapped {
    /// One reference is the tap's.
    let message: Message
    let number: UInt64
    let bodyBytes: Int
    /// Made when somebody looks.
    var snapshot: MessageSnapshot?
  }

  /// What is copied in a tenth of a second: 4 MiB a second cost less than a hundredth of a core.
  private static let windowBytesLimit = 400 << 10
  private static let windowNanoseconds: Int64 = 100_000_000

  init(_ target: Target) {
    self.target = target
  }

  deinit {
    for tapped in kept { tapped.message.release() }
  }

  /// Whether messages along such a way are to be noted; nil for one that the exchange had before.
  func wants(_ walk: RouteWalk, from exchange: Exchange?) -> Bool {
    switch target {
    case .queue(let queue): walk.queues.contains { $0 === queue }
    case .exchange(let tapped):
      exchange === tapped || walk.hops.contains { $0.exchange === tapped }
    }
  }

  /// Keeps a message, in place of the oldest when there are enough.
  func note(_ message: Message, at now: Int64) {
    seen += 1
    let kept: Message
    if message.bodyBytes <= MessageSnapshot.bodyLimit {
      message.retain()
      kept = message
    } else if let copy = cut(message, at: now) {
      kept = copy
    } else {
      return
    }
    if self.kept.count == WatchedDetails.messagesLimit {
      self.kept.popFirst()?.message.release()
    }
    self.kept.append(Tapped(message: kept, number: seen, bodyBytes: message.bodyBytes))
  }

  private func cut(_ message: Message, at now: Int64) -> Message? {
    if now >= windowEndsAt {
      windowEndsAt = now + Self.windowNanoseconds
      windowBytes = 0
    }
    guard windowBytes < Self.windowBytesLimit else { return nil }
    windowBytes += MessageSnapshot.bodyLimit + message.properties.count
    return message.copied(bodyLimit: MessageSnapshot.bodyLimit, enteredAt: message.enteredAt)
  }

  /// The messages that are kept, oldest first.
  func snapshots() -> [MessageSnapshot] {
    for index in kept.indices where kept[index].snapshot == nil {
      let tapped = kept[index]
      kept[index].snapshot = tapped.message.snapshot(
        identifier: tapped.number,
        bodyBytes: tapped.bodyBytes
      )
    }
    return kept.compactMap(\.snapshot)
  }

  /// Messages that were seen and are not kept.
  var leftOut: UInt64 { seen - UInt64(kept.count) }
}

extension Broker {
  /// Notes a message that goes along a route with a tap, before its queues have it.
  @inline(never)
  func noteTap(of message: Message, along route: Route) {
    guard let tap else { return }
    // Not what the queue refuses.
    if case .queue(let queue) = tap.target, queue.settings.overflow != .dropHead,
      isFull(queue, for: message)
    {
      return
    }
    tap.note(message, at: now)
  }

  /// Notes a message that comes into a queue without a route.
  func noteTap(of message: Message, entering queue: Queue) {
    guard let tap, case .queue(let tapped) = tap.target, tapped === queue else { return }
    tap.note(message, at: now)
  }
}
