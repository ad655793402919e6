package import AMQP
package import Telemetry

/// The engine: virtual hosts, exchanges, queues and consumers, and the rules between them.
///
/// It knows no clock, no chance and no socket. The time comes in with ``advance(to:wallTime:)``,
/// names with ``NameSource``, bytes go out through ``Connection/output``. The server gives it what
/// one read brought, then calls ``finishTurn()``:
///
///     advance → publish, acknowledge, consume, ... → finishTurn → flush each connection returned
///
/// - Isolation: one event loop. Every class in this module belongs to that loop.
package final class Broker {
  /// The virtual hosts by name; a new broker has ``host`` alone.
  package internal(set) var hosts: [String: VirtualHost]
  /// The virtual host that every new broker has.
  package let host = VirtualHost(name: "/")
  /// Nanoseconds of the server's monotonic clock.
  package internal(set) var now: Int64 = 0
  var wallTime = WallTime(milliseconds: 0)
  let makeName: NameSource

  package internal(set) var connections: [UInt64: Connection] = [:]
  /// Who may use the broker; changed through its operations, which count ``accessGeneration`` up.
  package internal(set) var access = AccessControl()
  /// Goes up with every change of permissions; connections begin before the first.
  var accessGeneration: UInt64 = 1
  /// What management keeps without the engine's knowing what it means.
  package internal(set) var parameters: [ParameterKey: FieldValue] = [:]

  /// Where persistent messages are kept; nil when nothing outlives the process.
  package internal(set) var store: MessageStore?
  /// Goes up with each message that is kept.
  var keptCount: UInt64 = 0
  /// Channels with confirms or commits that wait for the disk.
  var channelsWithHeld: [Channel] = []
  /// Stored queues by their numbers, until all messages are restored.
  var restoredQueues: [UInt32: Queue] = [:]
  /// Exchanges that hold messages back, likewise.
  var restoredExchanges: [UInt32: Exchange] = [:]
  /// What changed of that which survives a restart, since it was taken last.
  var durableChanges: [DurableChange] = []

  /// Deleted queues that consumers still hold messages of.
  var deletedQueues: [ObjectIdentifier: Queue] = [:]
  /// Channels that wait for answers, by the names that answers go to.
  var replyConsumers: [Name: ReplyConsumer] = [:]
  var lastIdentifier: UInt64 = 0
  var lastQueueNumber: UInt64 = 0

  /// Goes up with everything that changes where a routing key leads.
  var topologyGeneration: UInt64 = 0
  /// Queue and exchange snapshots are sorted; the order is made anew only after a change.
  var snapshotOrder = SnapshotOrder()

  var dirtyConnections: [Connection] = []
  var channelsWithConfirms: [Channel] = []
  var queuesToPump: [Queue] = []
  var timers = Timers()
  var alarms = Alarms()
  /// Set while so much waits for the disk that publishers have to.
  package internal(set) var isStoreFlooded = false
  /// Queues that one virtual host may have; nil for no limit (RabbitMQ, `max-queues`).
  package var queueCountLimit: Int?
  /// What left its queue for a dead letter exchange and is not published there yet.
  var deadLetters: [DeadLetter] = []
  /// Chance, for exchanges that choose by it.
  var random: SplitMix64

  /// What the person at the dashboard looks at closely.
  var watching = Watching()
  /// Copies what goes to what is watched; nil for none.
  var tap: Tap?
  /// Of the exchange that is watched.
  var keyCounts: RoutingKeyCounts?
  /// Of all bindings, watched or not.
  var surveying = BindingSurveying()

  /// Sums that no queue keeps, and those of queues that are gone.
  var sums = BrokerTotals()
  var events = EventLog()
  /// Set while a command of a person is carried out, so that events say so.
  var hand: Hand?

  // What only management needs lies behind what each message needs.
  /// Virtual hosts that are gone, kept as long as changes speak of what was in them.
  var hostsOfChanges: [VirtualHost] = []
  var churn = Churn()
  /// What went over the channels of virtual hosts that are deleted.
  var departed = ChannelCounts()

  /// Makes the unique part of a server-chosen name, which a client must not be able to guess.
  package typealias NameSource = () -> String

  /// Makes a broker with one virtual host.
  ///
  /// - Parameters:
  ///   - seed: Where the engine's chance begins; the same seed and commands give the same results.
  ///   - makeName: Called for each name that the broker chooses.
  package init(seed: UInt64 = 0, makeName: @escaping NameSource) {
    random = SplitMix64(seed: seed)
    self.makeName = makeName
    hosts = [host.name: host]
    access.hosts = [host.name]
  }

  /// Tells the engine the time; everything until the next call happens at this instant.
  package func advance(to instant: Instant, wallTime: WallTime) {
    now = instant.nanoseconds
    self.wallTime = wallTime
  }

  /// What the wall clock said at the instant 0, in milliseconds since 1970.
  package var epochMilliseconds: Int64 { wallTime.milliseconds - now / 1_000_000 }

  /// Does what was put off to the end of a read: hands out messages and sends confirms.
  ///
  /// - Returns: The connections with output to send, each once.
  package func finishTurn() -> [Connection] {
    settleDown()
    if store != nil { makeRoom() }
    sendConfirms()
    guard !dirtyConnections.isEmpty else { return [] }
    let dirty = dirtyConnections
    dirtyConnections.removeAll(keepingCapacity: true)
    for connection in dirty { connection.isDirty = false }
    return dirty
  }

  /// Notes that a connection has output to send.
  @inline(__always)
  package func markDirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirtyConnections.append(connection)
  }

  /// Adds to the events that a person sees.
  package func record(_ severity: BrokerEvent.Severity, _ text: String) {
    events.record(severity, hand?.marked(text) ?? text, at: wallTime)
  }

  /// Does something for a person; the events of it say so.
  package func by<Value>(_ hand: Hand, _ body: () -> Value) -> Value {
    self.hand = hand
    defer { self.hand = nil }
    return body()
  }

  /// Does something for the person at the dashboard; the events of it say "(you)".
  package func byOperator<Value>(_ body: () -> Value) -> Value { by(.dashboard, body) }

  /// The newest events, oldest first, as snapshots carry them.
  package var recentEvents: [BrokerEvent] { events.all }

  /// Whether ``takeNewEvents()`` has any.
  package var hasNewEvents: Bool { events.hasNew }

  /// What a person should see since this was asked for last, oldest first; of very many the newest.
  package func takeNewEvents() -> [BrokerEvent] { events.takeNew() }

  func takeIdentifier() -> UInt64 {
    lastIdentifier += 1
    return lastIdentifier
  }

  func topologyChanged() {
    topologyGeneration += 1
    snapshotOrder.isCurrent = false
  }
}

@available(*, unavailable)
extension Broker: Sendable {}
