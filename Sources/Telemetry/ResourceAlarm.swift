/// A resource of the machine that runs low; while one does, publishers wait.
package enum ResourceAlarm: String, Sendable, Hashable, CaseIterable, Comparable {
  case memory
  case disk

  package static func < (left: ResourceAlarm, right: ResourceAlarm) -> Bool {
    left == .memory && right == .disk
  }
}
