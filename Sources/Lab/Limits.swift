/// The lab's limits and times, each with its reason.
enum Limits {
  // MARK: Services

  /// Requests that wait for a free place; one more is turned away with 503.
  static let waitingRequests = 2000
  /// What a publish may take until the broker confirms it.
  static let confirmTimeout: Duration = .seconds(5)
  /// The most copies of a broadcast.
  static let copies = 1_000
  /// Messages whose failed attempts one consumer remembers.
  static let rememberedAttempts = 10_000
  /// Broadcasts whose replies one consumer counts at once.
  static let countedBroadcasts = 10_000
  /// Events that an outbox keeps; one more is refused.
  static let outbox = 100_000
  /// The pause before an outbox tries again to publish.
  static let outboxPause: Duration = .milliseconds(200)
  /// The biggest filling of a message that a person can ask for, in bytes.
  static let messageBytes = 65_536
  /// Processes of one service, and of one way of the entry service.
  static let instances = 10
  /// The pause between the death of a process in a crash loop and its next start.
  static let crashLoopPause: Duration = .milliseconds(500)
  /// How much faster than the clock a scenario may be asked to run.
  static let timeScales = 0.1...100.0

  // MARK: Customers

  /// How long a customer waits for an answer.
  static let customerPatienceMilliseconds = 5_000.0
  /// Customers that wait for an answer at once, for each way; one more is counted as failed.
  static let outstandingCustomers = 1000
  /// The fastest arrival rate that can be asked for, in customers a second.
  static let arrivalsPerSecond = 1000.0
  /// The fastest rate that a load shape may reach, in customers a second: more would show nothing
  /// but the limits of the machine.
  static let peakPerSecond = 20_000.0
  /// The longest file of recorded arrivals, and the most that one can hold.
  static let arrivalFileBytes = 16 << 20
  static let recordedArrivals = 1_000_000
  /// The latest recorded arrival, in seconds from the beginning: a week.
  static let recordedSeconds = 604_800.0
  /// The biggest burst that can be asked for at once.
  static let burstCustomers = 10_000
  /// The span of time that percentiles are taken over, in seconds.
  static let latencyWindowSeconds = 10
  /// Longer waits are recorded as this long, in microseconds.
  static let latencyMicroseconds: UInt64 = 600_000_000

  // MARK: HTTP

  /// The longest body of a request or an answer; a payment has about 100 bytes.
  static let bodyBytes = 16_384
  /// Connections that one service keeps open to its callers.
  static let servedConnections = 2048
  /// Connections that one caller keeps open to one service.
  static let peerConnections = 1024

  // MARK: Lines and JSON

  /// Arrivals in one line of the customers; each takes at most 20 bytes.
  static let arrivalsInLine = 5_000
  /// The longest line of a service to the runner.
  static let lineBytes = 262_144
  /// The longest line of the runner to a service: a million recorded arrivals with 20 digits each,
  /// and room.
  static let commandBytes = 32 << 20
  /// Commands that wait for a service to read them; older ones are superseded by newer ones.
  static let pendingCommands = 1024

  // MARK: The ledger

  /// The highest sequence number of a message: a set of all of them takes 16 MiB.
  static let sequence: UInt64 = 1 << 27
  /// How often a service can be started in one run.
  static let starts = 10_000
  /// Waiting messages that are read at the end to learn which they are; further ones are counted.
  static let inspectedMessages = 20_000
  /// How long that reading may take in all.
  static let inspection: Duration = .seconds(4)

  /// How long it may take to delete what a run has made on a broker elsewhere.
  static let removal: Duration = .seconds(10)

  // MARK: The runner

  /// A service that is not ready by then has failed to start.
  static let start: Duration = .seconds(10)
  /// How long customers who have gone home may still wait for their answers.
  static let farewell: Duration = .seconds(3)
  /// How often the broker is asked how much waits, while something does.
  static let depthInterval: Duration = .seconds(1)
  /// Looks at a queue that must agree before a message counts as lost.
  static let agreeingLooks = 4
  /// Seconds that the pace of a queue is measured over.
  static let paceSeconds = 5
  /// Queues of one service beyond which only the end of a run counts what is lost.
  static let watchedCopies = 50
  /// How long queues with a living consumer may take to drain at the end.
  static let drain: Duration = .seconds(5)
  /// How long a service that was told to stop may finish what it has in hand.
  static let stop: Duration = .seconds(3)
  /// How long the end of a killed process may take to be seen.
  static let kill: Duration = .seconds(2)
  /// How often a lab snapshot is made when nothing changes.
  static let snapshotInterval: Duration = .milliseconds(500)
  /// The pause between two reads of a service's lines, so that the runner is not woken for each
  /// message; a pipe holds about a thousand lines meanwhile.
  static let readPause: Duration = .milliseconds(250)
  /// How often the customers' process looks whether it has something new to report.
  static let customersReportInterval: Duration = .milliseconds(250)
  /// How often the other services do.
  static let reportInterval: Duration = .seconds(1)

  // MARK: Connections to the broker

  /// The pause before the first attempt to connect again; each further one is twice as long.
  static let firstReconnectPause: Duration = .milliseconds(100)
  /// The longest pause between two attempts to connect again.
  static let longestReconnectPause: Duration = .seconds(3)
}
