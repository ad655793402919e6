import Diagnosis
import Telemetry

/// What happened in a span of time, gathered from its pictures one after the other.
struct IncidentLog: Sendable {
  let first: Instant
  let last: Instant
  /// The first and the last picture; nil before there is one.
  private(set) var begin: Picture?
  private(set) var end: Picture?
  /// How many there were.
  private(set) var count = 0
  /// In the order in which they began to be seen, at most ``Limits/reportFindings``.
  private(set) var troubles: [Trouble] = []
  /// Whether there were more.
  private(set) var hasMoreTroubles = false
  /// The newest events that were in the span, oldest first.
  private(set) var events: [TimelineEvent] = []
  /// One for each column of the charts; nil where no snapshot came.
  private(set) var columns: [Column?]
  private(set) var queues: [Queue] = []

  private var open: [Key: Int] = [:]
  private var newestEvent: (startedAt: Instant, number: UInt64, version: UInt64)?
  private var places: [QueueIdentity: Int] = [:]

  /// Something that was wrong for some time.
  struct Trouble: Sendable {
    /// As it was seen last.
    var problem: Problem
    /// Since when; the first picture where nobody knows better.
    var began: WallTime?
    /// Whether it was there in the first picture of the span already.
    var wasThereBefore: Bool
    var lastSeen: Instant
    /// When it was first gone; nil while it lasts.
    var ended: (at: Instant, wallTime: WallTime?)?
    /// The column in which it was first seen.
    var column: Int
  }

  /// What the broker's figures were in a part of the span.
  struct Column: Sendable {
    var at: Instant
    var totals: BrokerTotals
    /// The most in that part.
    var ready: UInt64
    var unacked: UInt64
    /// The highest p95 of each way of calling, in milliseconds.
    var p95: [CallWay: Double]
  }

  /// A queue in the span.
  struct Queue: Sendable {
    var begin: QueueSnapshot
    var end: QueueSnapshot
    var beginAt: Instant
    var endAt: Instant
    var peak: Int
    /// The most ready messages in each column; not a number where no snapshot came.
    var depths: [Float]
  }

  private struct Key: Hashable {
    var word: String
    var subject: String
  }

  /// - Parameters:
  ///   - first: When the span begins.
  ///   - last: When it ends.
  init(from first: Instant, through last: Instant) {
    self.first = first
    self.last = max(first, last)
    columns = Array(repeating: nil, count: Limits.reportColumns)
  }

  /// Seconds of one column.
  var columnSeconds: Double { last.seconds(since: first) / Double(Limits.reportColumns) }

  /// Takes the next picture.
  mutating func add(_ picture: Picture) {
    guard let broker = picture.broker else { return }
    if begin == nil { begin = picture }
    end = picture
    count += 1
    let column = column(of: broker.at)
    addTotals(broker, picture.lab, column)
    addQueues(broker, column)
    addEvents(picture)
    addTroubles(picture, broker, column)
  }

  private func column(of instant: Instant) -> Int {
    let share = instant.seconds(since: first) / max(0.001, last.seconds(since: first))
    return min(max(0, Int(share * Double(Limits.reportColumns))), Limits.reportColumns - 1)
  }

  private mutating func addTotals(_ broker: BrokerSnapshot, _ lab: LabSnapshot?, _ column: Int) {
    let before = columns[column]
    var p95 = before?.p95 ?? [:]
    for way in lab?.ways ?? [] {
      guard let latency = way.latency else { continue }
      p95[way.way] = max(p95[way.way] ?? 0, latency.p95)
    }
    columns[column] = Column(
      at: broker.at,
      totals: broker.totals,
      ready: max(before?.ready ?? 0, broker.totals.ready),
      unacked: max(before?.unacked ?? 0, broker.totals.unacked),
      p95: p95
    )
  }

  private mutating func addQueues(_ broker: BrokerSnapshot, _ column: Int) {
    for (index, queue) in broker.queues.prefix(Limits.reportQueues).enumerated() {
      let isInPlace = queues.indices.contains(index) && queues[index].end.identity == queue.identity
      if let place = isInPlace ? index : places[queue.identity] {
        queues[place].note(queue, at: broker.at, in: column)
      } else if queues.count < Limits.reportQueues {
        places[queue.identity] = queues.count
        queues.append(Queue(queue, at: broker.at))
        queues[queues.count - 1].note(queue, at: broker.at, in: column)
      }
    }
  }

  private mutating func addEvents(_ picture: Picture) {
    guard let broker = picture.broker, picture.log.version != newestEvent?.version else { return }
    let startedAt = broker.identity.startedAt
    let seen = newestEvent?.startedAt == startedAt ? newestEvent?.number : nil
    let number = picture.log.events.map(\.number).max() ?? 0
    newestEvent = (startedAt, max(number, seen ?? 0), picture.log.version)
    guard let wallFirst = picture.wallTime(of: first) else { return }
    events += picture.log.events.filter { event in
      // Verdicts have their own part of the report.
      !event.isVerdict && event.number > seen ?? 0 && event.wallTime >= wallFirst
        && event.wallTime <= broker.wallTime
    }
    events.sort { ($0.wallTime, $0.number) < ($1.wallTime, $1.number) }
    if events.count > Limits.reportEvents { events.removeFirst(events.count - Limits.reportEvents) }
  }

  private mutating func addTroubles(_ picture: Picture, _ broker: BrokerSnapshot, _ column: Int) {
    for problem in picture.problems.listed where problem.kind != .notice {
      let key = Key(word: problem.word, subject: problem.subject)
      if let place = open[key] {
        troubles[place].problem = problem
        troubles[place].lastSeen = broker.at
        troubles[place].ended = nil
        continue
      }
      guard troubles.count < Limits.reportFindings else {
        hasMoreTroubles = true
        continue
      }
      open[key] = troubles.count
      troubles.append(
        Trouble(
          problem: problem,
          began: picture.wallTime(of: problem.since ?? broker.at),
          wasThereBefore: count == 1,
          lastSeen: broker.at,
          column: column
        )
      )
    }
    for (key, place) in open where troubles[place].lastSeen < broker.at {
      if troubles[place].ended == nil { troubles[place].ended = (broker.at, broker.wallTime) }
      // One that comes and goes is one trouble.
      if broker.at.seconds(since: troubles[place].lastSeen) >= Limits.plainCalmSeconds {
        open[key] = nil
      }
    }
  }
}

extension IncidentLog.Queue {
  fileprivate init(_ queue: QueueSnapshot, at now: Instant) {
    self.init(
      begin: queue,
      end: queue,
      beginAt: now,
      endAt: now,
      peak: 0,
      depths: Array(repeating: .nan, count: Limits.reportColumns)
    )
  }

  fileprivate mutating func note(_ queue: QueueSnapshot, at now: Instant, in column: Int) {
    // A queue that was deleted and made anew counts from 0.
    if queue.enqueued < end.enqueued { (begin, beginAt) = (queue, now) }
    (end, endAt) = (queue, now)
    peak = max(peak, queue.ready)
    let depth = Float(queue.ready)
    depths[column] = depths[column].isNaN ? depth : max(depths[column], depth)
  }

  /// How much a sum rose a second on the average of the span; nil when nothing is known.
  func rate(_ sum: KeyPath<QueueSnapshot, UInt64>) -> Double? {
    Rates.perSecond(
      end[keyPath: sum],
      since: begin[keyPath: sum],
      seconds: endAt.seconds(since: beginAt)
    )
  }
}
