extension StoreFault: CustomStringConvertible {
  /// The file, the bytes of it, and what that means, in one line.
  package var description: String {
    switch self {
    case .lost(StoreFiles.topology, let from, let to):
      "\(StoreFiles.topology), bytes \(from) to \(to - 1): exchanges, queues or bindings cannot be "
        + "read any more; messages of queues that nobody knows are kept in queues of their own"
    case .lost(let file, let from, let to):
      "\(file), bytes \(from) to \(to - 1): what was safe on the disk there cannot be read any "
        + "more; messages in it are lost"
    case .unfinished(let file, let from):
      "\(file), from byte \(from): no whole record; it was being written when the program died, "
        + "and nobody was told that it was safe"
    case .missing(let file):
      "\(file): the segment is not there; all messages in it are lost"
    case .brokenHead(SegmentList.file):
      "\(SegmentList.file): the list of segments is missing or broken; all segments that are there "
        + "are read, but one that is not may go unnoticed"
    case .brokenHead(let file):
      "\(file), bytes 0 to \(SegmentFormat.headBytes - 1): the head is broken; the messages behind "
        + "it are read all the same"
    case .settlementsLost(let file, let count):
      "\(file): \(count) \(count == 1 ? "entry" : "entries") cannot be read; messages come again "
        + "that were settled"
    }
  }
}
