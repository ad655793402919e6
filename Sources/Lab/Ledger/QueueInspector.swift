import AMQPClient
import NIOCore
import NIOPosix
import Telemetry

/// Looks into the scenario's queues after everybody has left, without taking anything out.
enum QueueInspector {
  /// Reads what waits in the queues of each service and puts it back.
  ///
  /// - Parameters:
  ///   - services: With the number of copies of their queues; 0 for a queue that has none.
  ///   - endpoints: The nodes of the broker in the order in which they are tried.
  /// - Returns: What was found, in the order of the services.
  static func inspect(
    _ services: [(plan: ServicePlan, copies: Int)],
    at endpoints: [ClientEndpoint]
  ) async -> [ServiceInspection] {
    let connection: AMQPConnection
    do {
      connection = try await AMQPConnection.open(
        anyOf: endpoints,
        name: "sluice lab ledger",
        group: MultiThreadedEventLoopGroup.singleton
      )
    } catch {
      let problem = "the broker cannot be asked what waits: \(error)"
      return services.map { service in
        ServiceInspection(
          service: service.plan.name,
          waiting: [QueueInspection(queue: service.plan.name, problem: problem)]
        )
      }
    }
    let deadline = MonotonicClock.now().advanced(by: Limits.inspection)
    var inspections: [ServiceInspection] = []
    for (plan, copies) in services {
      guard let queue = plan.queue else { continue }
      var inspection = ServiceInspection(service: plan.name)
      let names = copies == 0 ? [queue.name] : (1...copies).map(queue.copyName)
      for (index, name) in names.enumerated() {
        let copy = copies == 0 ? 0 : index + 1
        inspection.waiting.append(await inspect(name, copy, over: connection, until: deadline))
      }
      if queue.onError == .retry {
        inspection.waiting.append(
          await inspect(queue.retryName, over: connection, until: deadline)
        )
      }
      if queue.hasDeadLetters {
        inspection.dead = await inspect(queue.deadName, over: connection, until: deadline)
      }
      inspections.append(inspection)
    }
    await connection.close()
    return inspections
  }

  private static func inspect(
    _ queue: String,
    _ copy: Int = 0,
    over connection: AMQPConnection,
    until deadline: Instant
  ) async -> QueueInspection {
    var inspection = QueueInspection(queue: queue)
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
        let wish = CustomerRequest(body: delivery.body.readableBytesView)
        if let wish, wish.poison != nil || copy <= wish.copies {
          inspection.identities.append(wish.identity)
        } else {
          // Somebody else's, or an event that did not mean this copy of the queue.
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
