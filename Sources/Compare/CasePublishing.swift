import AMQP
import AMQPClient
import Host
import NIOCore

/// What a publisher did with its time, in seconds.
struct PublisherTimes: Sendable {
  /// Messages; their numbers are those below.
  var count = 0
  var total = 0.0
  /// For room: for confirms or arrivals.
  var waiting = 0.0
  /// For the client's event loop to take messages.
  var sending = 0.0

  /// The share of the time in which it, or its event loop, had work.
  ///
  /// - Parameter loopSeconds: Time in which that loop had work meanwhile.
  /// - Returns: 0 to 1.
  func busyShare(loopSeconds: Double) -> Double {
    guard total > 0 else { return 0 }
    return (total - waiting - sending + min(loopSeconds, sending)) / total
  }
}

/// The publisher of one case.
struct CasePublishing: Sendable {
  let workload: WorkloadCase
  let seconds: Double
  let channel: AMQPChannel
  let exchange: String
  let routingKey: String
  let progress: CaseProgress
  let loops: ClientLoops

  /// Publishes until the time is over.
  ///
  /// - Returns: How many messages were published, and what took how long.
  func publish() async throws(ClientError) -> PublisherTimes {
    if let perSecond = workload.perSecond {
      return PublisherTimes(count: try await publish(perSecond: perSecond))
    }
    return try await publishFreely()
  }

  private var properties: BasicProperties {
    BasicProperties(deliveryMode: workload.isDurable ? 2 : 1)
  }

  /// As fast as there is room.
  private func publishFreely() async throws(ClientError) -> PublisherTimes {
    var times = PublisherTimes()
    let start = HostClock.monotonicNanoseconds()
    while progress.failure == nil, !Task.isCancelled {
      let before = HostClock.monotonicNanoseconds()
      var room = await progress.onTheWay.take(atMost: Limits.batch)
      if workload.isDurable, room > 0 {
        let wanted = room
        room = await progress.unconfirmed.take(atMost: wanted)
        if room < wanted { progress.onTheWay.give(wanted - room) }
      }
      guard room > 0 else { break }
      let now = HostClock.monotonicNanoseconds()
      times.waiting += Double(now - before) / 1e9
      let bodies = self.bodies(times.count..<times.count + room) { _ in now }
      let sending = HostClock.monotonicNanoseconds()
      try await send(bodies, from: times.count) { _ in now }
      times.sending += Double(HostClock.monotonicNanoseconds() - sending) / 1e9
      times.count += room
    }
    times.total = Double(HostClock.monotonicNanoseconds() - start) / 1e9
    return times
  }

  /// At fixed instants, however slow the broker is: what comes late counts from when it was due.
  private func publish(perSecond: Double) async throws(ClientError) -> Int {
    let interval = 1e9 / perSecond
    let total = Int(seconds * perSecond)
    let start = HostClock.monotonicNanoseconds()
    let due: @Sendable (Int) -> Int64 = { start + Int64(Double($0) * interval) }
    var count = 0
    while count < total, progress.failure == nil, !Task.isCancelled {
      let now = HostClock.monotonicNanoseconds()
      guard now >= due(count) else {
        await loops.wait(nanoseconds: due(count) - now)
        continue
      }
      var next = count + 1
      while next < total, next - count < Limits.batch, due(next) <= now { next += 1 }
      try await send(bodies(count..<next, due), from: count, due)
      count = next
    }
    return count
  }

  private func bodies(
    _ numbers: Range<Int>,
    _ instant: (Int) -> Int64
  ) -> [ByteBuffer] {
    numbers.map { number in
      progress.body(CaseProgress.template, number: number, nanoseconds: instant(number))
    }
  }

  /// Sends bodies, the first of which has the number `first`.
  private func send(
    _ bodies: [ByteBuffer],
    from first: Int,
    _ instant: @escaping @Sendable (Int) -> Int64
  ) async throws(ClientError) {
    guard workload.isDurable else {
      try await channel.publish(
        contentsOf: bodies,
        exchange: exchange,
        routingKey: routingKey,
        properties: properties
      )
      return
    }
    try await channel.publishConfirmed(
      contentsOf: bodies,
      exchange: exchange,
      routingKey: routingKey,
      properties: properties
    ) { index, error in
      progress.settled(error, since: instant(first + index))
    }
  }
}
