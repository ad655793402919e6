/// What was found on the way of one message.
struct RouteWalk {
  /// Exchanges that hold a message back.
  struct Holds {
    fileprivate(set) var exchanges: [Exchange] = []
    fileprivate(set) var milliseconds: Int64 = 0
    /// The routing keys of its CC and BCC headers.
    fileprivate(set) var copies: [Name] = []
  }

  /// Each once; sorted by creation at the end.
  private(set) var queues: [Queue] = []
  /// Each once, in the order in which they matched.
  private(set) var bindings: [Binding] = []
  /// The exchanges that it went through, without the first.
  var hops: [Route.Hop] { Array(visited.dropFirst()) }
  var isFixed = true
  private(set) var holds = Holds()
  let isDue: Bool

  private var visited: [Route.Hop] = []
  private var following = 0
  private var knownBindings: Set<ObjectIdentifier> = []
  private var knownQueues: Set<ObjectIdentifier> = []
  private var knownExchanges: Set<ObjectIdentifier> = []

  init(isDue: Bool) {
    self.isDue = isDue
  }

  mutating func hold(_ addressing: Addressing, in exchange: Exchange, milliseconds: Int64) {
    holds.exchanges.append(exchange)
    holds.milliseconds = milliseconds
    holds.copies = Array(addressing.keys.dropFirst())
  }

  /// Notes a binding that matched; with one routing key each matches once.
  mutating func pass(_ binding: Binding, keyCount: Int) {
    guard keyCount == 1 || knownBindings.insert(ObjectIdentifier(binding)).inserted else { return }
    bindings.append(binding)
  }

  mutating func add(_ queue: Queue) {
    guard knownQueues.insert(ObjectIdentifier(queue)).inserted else { return }
    queues.append(queue)
    if following > 0 { visited[following - 1].queueCount += 1 }
  }

  mutating func visit(_ exchange: Exchange) {
    guard knownExchanges.insert(ObjectIdentifier(exchange)).inserted else { return }
    visited.append(Route.Hop(exchange: exchange, queueCount: 0))
  }

  /// The next exchange to follow; what is added from now on is counted with it.
  mutating func next() -> Exchange? {
    guard following < visited.count else { return nil }
    following += 1
    return visited[following - 1].exchange
  }

  mutating func finish() {
    queues.sort { $0.number < $1.number }
  }
}
