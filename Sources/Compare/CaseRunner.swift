import AMQP
import AMQPClient
import Host
import NIOCore

/// Runs one case on one broker once.
struct CaseRunner: Sendable {
  let target: BrokerTarget
  let workload: WorkloadCase
  let seconds: Double
  let queueType: QueueType
  /// Nil where the broker's process is not known.
  let process: BrokerProcess?
  let loops: ClientLoops
  let leftovers: Leftovers

  /// Runs it, and deletes what it made, however it ends.
  ///
  /// - Throws: Why nothing was measured.
  func run() async throws(CompareError) -> RoundMeasurement {
    let progress = CaseProgress(
      mark: UInt64.random(in: .min ... .max),
      consumerCount: workload.queueCount,
      measuresLatency: workload.perSecond != nil
    )
    let result: Result<RoundMeasurement, ClientError> = await withTaskCancellationHandler {
      do throws(ClientError) {
        return .success(try await measure(progress))
      } catch {
        // The end of a connection says more than what then fails on it.
        return .failure(error.code == .cancelled ? error : progress.failure ?? error)
      }
    } onCancel: {
      progress.close()
    }
    _ = await leftovers.clean()
    do throws(ClientError) {
      return try result.get()
    } catch {
      throw CompareError(error)
    }
  }

  private func measure(_ progress: CaseProgress) async throws(ClientError) -> RoundMeasurement {
    let publisher = try await open("publisher", on: loops.publishing)
    var consumers: [AMQPConnection] = []
    for index in 0..<workload.queueCount {
      consumers.append(try await open("consumer \(index + 1)", on: loops.consuming))
    }
    let all = [publisher] + consumers
    let watching = all.map { connection in
      Task { progress.ended(await connection.waitUntilClosed()) }
    }
    defer { watching.forEach { $0.cancel() } }
    var outcome: Result<RoundMeasurement, ClientError>
    do throws(ClientError) {
      outcome = .success(try await measure(progress, publisher, consumers))
    } catch {
      outcome = .failure(error)
    }
    for connection in all { await connection.close() }
    if Task.isCancelled { outcome = .failure(Self.cancelled) }
    return try outcome.get()
  }

  private static let cancelled = ClientError(code: .cancelled, message: "interrupted")

  private func open(
    _ role: String,
    on group: any EventLoopGroup
  ) async throws(ClientError) -> AMQPConnection {
    try await AMQPConnection.open(
      target.endpoint,
      name: "sluice compare \(role)",
      heartbeatSeconds: Limits.heartbeatSeconds,
      group: group
    )
  }

  private func measure(
    _ progress: CaseProgress,
    _ publisher: AMQPConnection,
    _ consumers: [AMQPConnection]
  ) async throws(ClientError) -> RoundMeasurement {
    let topology = try await declare(consumers)
    var reading: [Task<Double, Never>] = []
    for (index, queue) in topology.queues.enumerated() {
      let channel = topology.channels[index]
      let stream = try await channel.consume(queue, noAck: !workload.isDurable)
      reading.append(Task { await consume(stream, channel, index, progress) })
    }
    let channel = try await publisher.openChannel()
    if workload.isDurable { try await channel.confirmSelect() }

    let before = await usage()
    let start = HostClock.monotonicNanoseconds()
    let end = loops.schedule(afterSeconds: seconds) { progress.close() }
    defer { end.cancel() }
    let publishing = CasePublishing(
      workload: workload,
      seconds: seconds,
      channel: channel,
      exchange: topology.exchange,
      routingKey: topology.routingKey,
      progress: progress,
      loops: loops
    )
    let published = try await publishing.publish()
    try await drain(progress, published.count)
    let after = await usage()
    let last = max(progress.lastNanoseconds, start)
    var result = progress.measurement(
      publishedCount: published.count,
      seconds: Double(last - start) / 1e9
    )
    for connection in consumers { await connection.close() }
    var busy = [
      published.busyShare(loopSeconds: after.loopSeconds[0] - before.loopSeconds[0])
    ]
    for task in reading { busy.append(await task.value / max(result.seconds, 0.001)) }
    result.set(before, after, busyShares: busy)
    result.waitsForDisk = workload.isDurable
    return result
  }

  /// Reads one queue to the end of its stream.
  ///
  /// - Returns: For how many seconds it did not have to wait for anything.
  private func consume(
    _ stream: DeliveryStream,
    _ channel: AMQPChannel,
    _ index: Int,
    _ progress: CaseProgress
  ) async -> Double {
    var busyNanoseconds: Int64 = 0
    while true {
      let batch = await stream.nextBatch(atMost: Limits.batch)
      guard !batch.isEmpty else { break }
      let start = HostClock.monotonicNanoseconds()
      progress.arrived(batch, at: index)
      busyNanoseconds += HostClock.monotonicNanoseconds() - start
      guard workload.isDurable else { continue }
      do throws(ClientError) {
        try await channel.acknowledge(contentsOf: batch.map(\.deliveryTag))
      } catch {
        progress.ended(error)
        break
      }
    }
    switch stream.end {
    case .cancelledByServer:
      progress.ended(
        ClientError(code: .channelClosed(nil), message: "the broker cancelled the consumer")
      )
    case .closed(let error) where error.code != .connectionClosed(.replySuccess):
      progress.ended(error)
    case .closed, .cancelledByClient, nil:
      break
    }
    return Double(busyNanoseconds) / 1e9
  }

  /// Waits until all has come and is confirmed, as long as something still happens.
  private func drain(_ progress: CaseProgress, _ publishedCount: Int) async throws(ClientError) {
    var events = -1
    var since = ContinuousClock.now
    while progress.slowestCount < publishedCount
      || workload.isDurable && progress.settledCount < publishedCount
    {
      if let failure = progress.failure { throw failure }
      guard !Task.isCancelled else { throw Self.cancelled }
      let now = progress.eventCount
      if now != events {
        (events, since) = (now, ContinuousClock.now)
      } else if ContinuousClock.now - since > Limits.drainPatience {
        return
      }
      // It fails when the task is cancelled, which the next round sees.
      try? await Task.sleep(for: Limits.drainInterval)
    }
    if let failure = progress.failure { throw failure }
  }

  private func usage() async -> UsageSample {
    UsageSample(
      clientSeconds: HostUsage.processSeconds(),
      loopSeconds: await loops.demandSeconds(),
      broker: process?.usage()
    )
  }
}

/// What was used up to an instant.
struct UsageSample: Sendable {
  let clientSeconds: Double
  /// For each of the client's loops.
  let loopSeconds: [Double]
  let broker: (cpuSeconds: Double, memoryBytes: Int)?
}

extension RoundMeasurement {
  /// Takes what was used between two samples.
  fileprivate mutating func set(
    _ before: UsageSample,
    _ after: UsageSample,
    busyShares: [Double]
  ) {
    clientCPUSeconds = after.clientSeconds - before.clientSeconds
    let loops = zip(after.loopSeconds, before.loopSeconds).map { $0 - $1 }
    // Waiting for the last one is no work: what counts is the time in which messages moved.
    let shares = loops.map { $0 / max(seconds, 0.001) } + busyShares
    busiestShare = min(max(shares.max() ?? 0, 0), 1)
    if let first = before.broker, let last = after.broker {
      brokerCPUSeconds = last.cpuSeconds - first.cpuSeconds
      brokerMemoryBytes = last.memoryBytes
    }
    coreCount = HostUsage.coreCount
  }
}
