import Host
import NIOCore
import NIOPosix

/// The event loops of the client: one for the publisher, one for the consumers.
///
/// Two, so that each can be told to be busy by itself, and so that a machine with cores to spare
/// uses them.
final class ClientLoops: Sendable {
  let publishing: MultiThreadedEventLoopGroup
  let consuming: MultiThreadedEventLoopGroup

  init() {
    publishing = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    consuming = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  }

  /// Ends both; no connection may be open.
  func shutDown() async {
    for group in [publishing, consuming] {
      // Groups that have been shut down already are shut down.
      try? await group.shutdownGracefully()
    }
  }

  /// Time in which each loop's thread had work so far, in seconds.
  func demandSeconds() async -> [Double] {
    var seconds: [Double] = []
    for group in [publishing, consuming] {
      // Loops run as long as we do; else nothing is known, and nothing is claimed.
      let used = try? await group.any().submit { HostUsage.threadDemandSeconds() }.get()
      seconds.append(used ?? 0)
    }
    return seconds
  }

  /// Calls once, so many seconds from now.
  func schedule(
    afterSeconds seconds: Double,
    _ body: @escaping @Sendable () -> Void
  ) -> Scheduled<
    Void
  > {
    publishing.any().scheduleTask(in: .nanoseconds(Int64(seconds * 1e9)), body)
  }

  /// Waits on the publisher's loop, whose timer is finer than that of a task.
  func wait(nanoseconds: Int64) async {
    await withCheckedContinuation { continuation in
      _ = publishing.any().scheduleTask(in: .nanoseconds(nanoseconds)) { continuation.resume() }
    }
  }
}
