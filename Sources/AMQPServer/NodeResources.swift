import NIOCore
import Telemetry

#if canImport(Glibc)
import Glibc
#endif

/// What this process uses of the machine, and its limits.
package struct NodeResources: Sendable, Hashable {
  /// Memory that no file stands behind, in bytes; nil where the system would not say.
  package var usedMemoryBytes: Int?
  package var memoryLimitBytes: Int?
  package var freeDiskBytes: Int?
  package var diskFreeLimitBytes: Int
  /// Open files, sockets among them.
  package var fileCount: Int?
  package var fileLimit: Int
  /// Sockets of clients.
  package var socketCount: Int
  package var socketLimit: Int
  /// When the broker began, or began again after a crash, in nanoseconds of its clock.
  package var startedAt: Int64
  /// Nanoseconds of the same clock.
  package var now: Int64
}

extension BrokerServer {
  /// Looks at what the process uses; some system calls.
  package func resources() async -> NodeResources {
    let seen = await withBrokerLoop { loop in
      (loop.monitorSettings, loop.startedAt.nanoseconds, loop.connectionCount)
    }
    let readings = ResourceReadings.now(seen?.0.directory ?? ".")
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let files = Int(clamping: limit.rlim_cur)
    return NodeResources(
      usedMemoryBytes: readings.usedMemoryBytes,
      memoryLimitBytes: seen?.0.memoryLimitBytes,
      freeDiskBytes: readings.freeDiskBytes,
      diskFreeLimitBytes: configuration.limits.diskFreeBytes,
      fileCount: Self.openFiles,
      fileLimit: files,
      socketCount: seen?.2 ?? 0,
      socketLimit: configuration.limits.connectionCount ?? files,
      startedAt: seen?.1 ?? 0,
      now: Int64(NIODeadline.now().uptimeNanoseconds)
    )
  }

  /// nil where there is no `/proc`.
  private static var openFiles: Int? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Without the two that every directory has, and the one that is open for this.
    return count - 3
  }

  private func withBrokerLoop<Value: Sendable>(
    _ body: @escaping @Sendable (BrokerLoop) -> Value
  ) async -> Value? {
    // Only a loop that has ended takes no more work.
    try? await eventLoop.submit { [loop] in body(loop.value) }.get()
  }
}

extension BrokerLoop {
  /// What is measured of the machine.
  var monitorSettings: (directory: String, memoryLimitBytes: Int?) {
    (monitor.directory, monitor.memoryLimitBytes)
  }
}
