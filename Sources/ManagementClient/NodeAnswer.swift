import JSONText
import Telemetry

/// What `/api/nodes` says of one node.
enum NodeAnswer {
  /// - Parameter json: An element of the list.
  /// - Returns: Nil for what has no name.
  static func node(_ json: JSON) -> NodeSnapshot? {
    guard let name = json["name"]?.text else { return nil }
    return NodeSnapshot(
      name: name,
      isRunning: json["running"]?.boolean ?? true,
      isDraining: json.flag("being_drained"),
      upSeconds: json["uptime"]?.wholeCount.map { Double($0) / 1_000 },
      memoryBytes: json["mem_used"]?.wholeCount,
      memoryLimitBytes: json["mem_limit"]?.wholeCount,
      hasMemoryAlarm: json.flag("mem_alarm"),
      diskFreeBytes: json["disk_free"]?.wholeCount,
      diskLimitBytes: json["disk_free_limit"]?.wholeCount,
      hasDiskAlarm: json.flag("disk_free_alarm"),
      partitions: (json["partitions"]?.elements ?? []).compactMap(\.text),
      fileCount: json["fd_used"]?.wholeCount,
      fileLimit: json["fd_total"]?.wholeCount,
      processCount: json["proc_used"]?.wholeCount
    )
  }

  static let columns = [
    "name", "running", "being_drained", "uptime", "mem_used", "mem_limit", "mem_alarm",
    "disk_free", "disk_free_limit", "disk_free_alarm", "partitions", "fd_used", "fd_total",
    "proc_used",
  ]
}
