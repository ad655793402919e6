import Broker
import NIOCore
import Telemetry

extension BrokerServer {
  /// Crashes the broker and starts it again: connections are cut, memory is dropped without a word
  /// to the disk, and the data directory is opened as after a `kill -9`.
  ///
  /// - Returns: One line on what survived, or why it could not be done.
  package func crash() async -> Result<String, OperatorRefusal> {
    guard configuration.dataDirectory != nil else {
      return .failure(OperatorRefusal(message: "nothing would survive: there is no data directory"))
    }
    let done = eventLoop.flatSubmit { [self] () -> EventLoopFuture<String> in
      let loop = loop.value
      guard !loop.isDown else {
        return loop.eventLoop.makeFailedFuture(
          OperatorRefusal(message: "the broker is down already")
        )
      }
      let before = loop.broker.totals
      let connectionCount = loop.broker.connections.count
      return loop.crash().assumeIsolated().flatMapThrowing { [self] in
        let begun = NIODeadline.now()
        loop.comeBack()
        defer { loop.letIn() }
        try loop.begin(with: configuration, disks: disks)
        let milliseconds = (NIODeadline.now() - begun).nanoseconds / 1_000_000
        let text = Self.report(
          before,
          recovered: loop.broker.totals.recovered,
          connectionCount: connectionCount,
          milliseconds: milliseconds
        )
        loop.broker.record(.critical, "the broker crashed (you, f): \(text)")
        loop.endTurn()
        return text
      }.nonisolated()
    }
    do {
      return .success("crashed and back: " + (try await done.get()))
    } catch let refusal as OperatorRefusal {
      return .failure(refusal)
    } catch {
      return .failure(
        OperatorRefusal(message: "the broker is back without its directory: \(error)")
      )
    }
  }

  private static func report(
    _ before: BrokerTotals,
    recovered: UInt64,
    connectionCount: Int,
    milliseconds: Int64
  ) -> String {
    let there = before.ready + before.unacked
    // More come back than were there when acknowledgements had not reached the disk.
    let lost = there > recovered ? there - recovered : 0
    return "\(recovered) of \(there) messages survived, \(lost) lost, \(connectionCount) "
      + "connections cut, \(milliseconds) ms"
  }
}
