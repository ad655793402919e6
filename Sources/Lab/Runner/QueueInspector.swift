import AMQPClient
import NIOCore
import NIOPosix
import Telemetry

/// Looks into the scenario's queues after everybody has left, without taking anything out.
enum QueueInspector {
  /// Reads what waits in each queue and puts it back.
  static func inspect(_ queues: [String], at endpoint: ClientEndpoint) async -> [QueueInspection] {
    let connection: AMQPConnection
    do {
      connection = try await AMQPConnection.open(
        endpoint,
        name: "sluice lab ledger",
        group: MultiThreadedEventLoopGroup.singleton
      )
    } catch {
      let problem = "the broker cannot be asked what waits: \(error)"
      return queues.map { queue in
        QueueInspection(
          queue: queue,
          waitingCount: 0,
          identities: [],
          foreignCount: 0,
          problem: problem
        )
      }
    }
    let deadline = MonotonicClock.now().advanced(by: Limits.inspection)
    var inspections: [QueueInspection] = []
    for queue in queues {
      inspections.append(await inspect(queue, over: connection, until: deadline))
    }
    await connection.close()
    return inspections
  }

  private static func inspect(
    _ queue: String,
    over connection: AMQPConnection,
    until deadline: Instant
  ) async -> QueueInspection {
    var inspection = QueueInspection(queue: queue, waitingCount: 0, identities: [], foreignCount: 0)
    do {
      let channel = try await connection.openChannel()
      inspection.waitingCount = Int(
        try await channel.declareQueue(queue, passive: true).messageCount
      )
      var readCount = 0
      while readCount < min(inspection.waitingCount, Limits.inspectedMessages),
        MonotonicClock.now() < deadline,
        let delivery = try await channel.get(queue)
      {
        readCount += 1
        if let payment = Payment(body: delivery.body.readableBytesView) {
          inspection.identities.append(payment.identity)
        } else {
          inspection.foreignCount += 1
        }
      }
      // What is not acknowledged goes back to its place.
      await channel.close()
    } catch {
      inspection.problem = "queue '\(queue)' cannot be looked into: \(error)"
    }
    return inspection
  }
}

extension Instant {
  /// The instant that lies a duration later.
  func advanced(by duration: Duration) -> Instant {
    let (seconds, attoseconds) = duration.components
    return Instant(nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
