/// Names a record for as long as the log lives; it is never given to another.
package struct Position: Hashable, Sendable, Comparable {
  /// The number of the segment, from 1.
  package let segment: UInt32
  /// Where the record begins in the segment's file, in bytes.
  package let offset: UInt32

  package init(segment: UInt32, offset: UInt32) {
    self.segment = segment
    self.offset = offset
  }

  /// Both in one number, which orders as the positions do.
  package var packed: UInt64 { UInt64(segment) << 32 | UInt64(offset) }

  package init(packed: UInt64) {
    segment = UInt32(truncatingIfNeeded: packed >> 32)
    offset = UInt32(truncatingIfNeeded: packed)
  }

  package static func < (left: Position, right: Position) -> Bool { left.packed < right.packed }
}
