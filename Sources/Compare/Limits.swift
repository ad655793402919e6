/// What bounds a comparison.
package enum Limits {
  /// Brokers side by side; more columns are no table any more.
  package static let brokers = 8
  /// Characters of a broker's name, which is the head of a column.
  package static let nameCharacters = 16
  /// The shortest and the longest time of one case in one round.
  package static let seconds = 0.5...600.0
  package static let rounds = 1...100

  /// Messages that wait for their confirm in the durable case.
  static let unconfirmed = 1_000
  /// Messages on their way from publisher to consumers, so that no queue grows without an end.
  static let onTheWay = 10_000
  /// Messages that are handed to the connection at once.
  static let batch = 256
  /// What a consumer that acknowledges may hold.
  static let prefetch: UInt16 = 1_000
  /// Queues of the fan-out.
  static let fanOut = 5
  /// Bytes of a body: those of a small event.
  static let bodyBytes = 256
  /// Messages a second in the case that measures latency.
  static let fixedRate = 1_000.0

  /// A broker that gives no sign of life for twice as long is gone.
  static let heartbeatSeconds: UInt16 = 5
  /// Between two looks at whether all has arrived.
  static let drainInterval = Duration.milliseconds(2)
  /// Room that a waiting publisher is woken for, so that it does not send one by one.
  static let wakingRoom = 128
  /// How long nothing may arrive before what is missing counts as lost; longer than a broker that
  /// hangs counts as alive.
  static let drainPatience = Duration.seconds(12)
  /// Until a queue that nobody uses is gone by itself, should we be killed.
  static let expiryMilliseconds: Int32 = 120_000
  /// How long one probe of a feature may take.
  static let probe = Duration.seconds(5)
  /// How long a probe waits for something to come or to change.
  static let probePatience = Duration.seconds(2)
  /// Between two looks of a probe at a queue.
  static let probeInterval = Duration.milliseconds(20)

  /// The longest latency that is told from longer ones, in microseconds.
  static let latencyMicroseconds: UInt64 = 600_000_000
  /// Numbers of messages that are remembered as missing; a longer gap is counted, not listed.
  static let rememberedMissing = 1_000_000
  /// Share of the time from which a part of the client counts as busy all the time.
  static let busyShare = 0.85
  /// Share of all cores from which the machine counts as busy.
  static let busyMachineShare = 0.9
  /// How much more CPU than the broker the client must use to be called the limit for it.
  static let heavierClient = 3.0
  /// Characters of a broker's product and version that are shown.
  static let identityCharacters = 40
  /// Characters of a reason that are shown.
  static let reasonCharacters = 300
  /// Bytes of a file of /proc that are looked at.
  static let procFileBytes = 4 << 20
}
