import AMQPClient
import NIOPosix
import Synchronization
import Telemetry

extension LabRunner {
  /// Measures paces once a second, and asks the broker how much waits while something does.
  func keepMeasuring() async {
    var connection: AMQPConnection?
    var channel: AMQPChannel?
    while state.withLock({ $0.ending == nil }) {
      // It fails when the task is cancelled, which nobody does.
      try? await Task.sleep(for: Limits.depthInterval)
      let now = configuration.now()
      let looks = state.withLock { state -> [DepthLook] in
        state.model.measurePaces(at: now)
        return state.model.depthLooks
      }
      guard !looks.isEmpty else { continue }
      if channel == nil || connection?.isOpen != true {
        if connection?.isOpen != true {
          // A broker that is away cannot be asked; the next second it may be back.
          connection = try? await AMQPConnection.open(
            anyOf: configuration.endpoints,
            name: "sluice lab depths",
            group: MultiThreadedEventLoopGroup.singleton
          )
        }
        // A connection that has just broken is opened anew the next second.
        channel = try? await connection?.openChannel()
      }
      for look in looks {
        guard let open = channel else { break }
        guard let ready = await ready(look, on: open) else {
          channel = nil
          continue
        }
        state.withLock { state in
          let held = state.model.heldByConsumers(of: look.service)
          let outstanding = state.model.book.outstanding(of: look.service)
          state.model.paces[look.service]?.lookIntoBroker(
            outstanding: outstanding,
            held: ready + held
          )
        }
      }
    }
    await connection?.close()
  }

  /// How many messages wait in a service's queues; nil when one of them is not there.
  private func ready(_ look: DepthLook, on channel: AMQPChannel) async -> Int? {
    var sum = 0
    for queue in look.queues {
      // A queue that is gone closes the channel; the next look opens another.
      guard let found = try? await channel.declareQueue(queue, passive: true) else { return nil }
      sum += Int(found.messageCount)
    }
    return sum
  }
}

/// A look that is to be taken into the queues of one service.
struct DepthLook: Sendable {
  var service: String
  var queues: [String]
}

extension LabModel {
  /// What the broker is to be asked: nothing while nothing waits.
  var depthLooks: [DepthLook] {
    scenario.services.compactMap { service in
      guard let queue = service.queue, !service.isOptional || joined.contains(service.name) else {
        return nil
      }
      let outstanding = book.sums(of: service.name).outstanding
      let names = queueNames(of: service.name)
      guard outstanding > 0, names.count <= Limits.watchedCopies else { return nil }
      return DepthLook(
        service: service.name,
        queues: names + (queue.onError == .retry ? [queue.retryName] : [])
      )
    }
  }
}
