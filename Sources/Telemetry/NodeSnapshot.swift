/// One node of a broker that is watched from outside, as it says itself.
package struct NodeSnapshot: Sendable, Hashable {
  package var name: String
  package var isRunning: Bool
  /// Whether it is being emptied for maintenance.
  package var isDraining: Bool
  /// Nil where nobody says; so are all that follow.
  package var upSeconds: Double?
  package var memoryBytes: UInt64?
  package var memoryLimitBytes: UInt64?
  package var hasMemoryAlarm: Bool
  package var diskFreeBytes: UInt64?
  package var diskLimitBytes: UInt64?
  package var hasDiskAlarm: Bool
  /// The nodes that it lost sight of while both ran: the cluster is split.
  package var partitions: [String]
  package var fileCount: UInt64?
  package var fileLimit: UInt64?
  /// Erlang's processes.
  package var processCount: UInt64?
  /// Quorum queues that it leads, of those that were asked for.
  package var leaderCount: Int

  package init(
    name: String,
    isRunning: Bool = true,
    isDraining: Bool = false,
    upSeconds: Double? = nil,
    memoryBytes: UInt64? = nil,
    memoryLimitBytes: UInt64? = nil,
    hasMemoryAlarm: Bool = false,
    diskFreeBytes: UInt64? = nil,
    diskLimitBytes: UInt64? = nil,
    hasDiskAlarm: Bool = false,
    partitions: [String] = [],
    fileCount: UInt64? = nil,
    fileLimit: UInt64? = nil,
    processCount: UInt64? = nil,
    leaderCount: Int = 0
  ) {
    self.name = name
    self.isRunning = isRunning
    self.isDraining = isDraining
    self.upSeconds = upSeconds
    self.memoryBytes = memoryBytes
    self.memoryLimitBytes = memoryLimitBytes
    self.hasMemoryAlarm = hasMemoryAlarm
    self.diskFreeBytes = diskFreeBytes
    self.diskLimitBytes = diskLimitBytes
    self.hasDiskAlarm = hasDiskAlarm
    self.partitions = partitions
    self.fileCount = fileCount
    self.fileLimit = fileLimit
    self.processCount = processCount
    self.leaderCount = leaderCount
  }
}
