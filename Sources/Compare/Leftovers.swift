import AMQP
import AMQPClient
import NIOCore
import Synchronization

/// What was made on a broker and does not go with its connection.
///
/// It is deleted at every way out; should we be killed, the queues expire by themselves.
final class Leftovers: Sendable {
  private struct State {
    var queues: Set<String> = []
    var exchanges: Set<String> = []

    var isEmpty: Bool { queues.isEmpty && exchanges.isEmpty }
  }

  private let target: BrokerTarget
  private let group: any EventLoopGroup
  private let state = Mutex(State())

  init(target: BrokerTarget, group: any EventLoopGroup) {
    self.target = target
    self.group = group
  }

  /// Notes a queue that is about to be declared.
  func expect(queue: String) {
    state.withLock { _ = $0.queues.insert(queue) }
  }

  /// Notes an exchange that is about to be declared.
  func expect(exchange: String) {
    state.withLock { _ = $0.exchanges.insert(exchange) }
  }

  /// Deletes all of it, on a connection of its own.
  ///
  /// A cancelled task cleans up too.
  ///
  /// - Returns: What could not be deleted.
  func clean() async -> [String] {
    guard !state.withLock({ $0.isEmpty }) else { return [] }
    return await Task { await self.deleteAll() }.value
  }

  private func deleteAll() async -> [String] {
    let found = state.withLock { $0 }
    do throws(ClientError) {
      let connection = try await AMQPConnection.open(
        target.endpoint,
        name: "sluice compare (cleaning up)",
        heartbeatSeconds: Limits.heartbeatSeconds,
        group: group
      )
      for name in found.exchanges.sorted()
      where await delete(
        on: connection,
        { channel throws(ClientError) in
          try await channel.deleteExchange(name)
        }
      ) {
        state.withLock { _ = $0.exchanges.remove(name) }
      }
      for name in found.queues.sorted()
      where await delete(
        on: connection,
        { channel throws(ClientError) in
          try await channel.deleteQueue(name)
        }
      ) {
        state.withLock { _ = $0.queues.remove(name) }
      }
      await connection.close()
    } catch {
      // What is left is said by its names; the broker's trouble has been said already.
    }
    return state.withLock { ($0.queues.union($0.exchanges)).sorted() }
  }

  /// Whether what was to be deleted is gone.
  private func delete(
    on connection: AMQPConnection,
    _ body: (AMQPChannel) async throws(ClientError) -> Void
  ) async -> Bool {
    do throws(ClientError) {
      let channel = try await connection.openChannel()
      try await body(channel)
      await channel.close()
      return true
    } catch {
      // Not found is gone, which is what is wanted.
      return error.code == .channelClosed(.notFound)
    }
  }
}
