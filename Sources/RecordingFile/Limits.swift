/// Every bound of the files of recordings.
package enum Limits {
  /// A longer file is neither written nor read: a day of 100 queues, or some hours of 1,000.
  package static let fileBytes = 1_024 * 1_024 * 1_024
  /// Snapshots that wait for a slow disk; those that come beyond are left out.
  static let waitingSnapshots = 32
  /// Files of the same second that are given different names.
  static let namesOfSecond = 9
}
