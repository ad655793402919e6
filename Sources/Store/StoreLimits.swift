/// Sizes and counts that bound what the store writes and reads.
package enum StoreLimits {
  /// A segment that is as long as this takes no more records; one record may be longer.
  package static let segmentBytes = 16 << 20
  /// Header and payload of one record: the largest message that a broker may be set to take, with
  /// its names and properties.
  package static let recordBytes = 1 << 30
  /// No file of the store is longer: a segment takes its last record before it is full.
  static let fileBytes = segmentBytes + recordBytes
  /// What is salvaged is written whenever more bytes than this wait.
  static let salvageBytes = 4 << 20
  /// How often a segment's bytes are summed again in search of the record after a broken one.
  static let searchFactor = 64
}
