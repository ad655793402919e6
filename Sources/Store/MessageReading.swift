/// What is at a position of a segment.
package enum MessageReading {
  /// Without its queues: whoever asks for a position knows them.
  case message(MessageRecord)
  /// The piece that was read ends before the record, which is so long, in bytes, or longer.
  case cut(bytes: Int)
  /// There is no message.
  case broken

  // Safe: what is handed out is borrowed from the piece and used during the call only.

  /// Reads the messages at some positions of one segment.
  ///
  /// - Parameters:
  ///   - positions: Ascending, all in the same segment.
  ///   - piece: Bytes of the segment that begin at the first position.
  ///   - body: Called for each position.
  package static func read(
    _ positions: some Collection<Position>,
    in piece: UnsafeRawBufferPointer,
    _ body: (Position, MessageReading) -> Void
  ) {
    guard let first = positions.first else { return }
    var reader = SegmentReader(piece, from: first)
    for position in positions { body(position, reader.message(at: position)) }
  }
}
