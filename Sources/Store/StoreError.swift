/// Why the store cannot do what was asked of it.
package enum StoreError: Error, Sendable, Hashable {
  /// The operating system said no to a call.
  case system(call: String, file: String, code: Int32)
  /// A file says that it is of a version that this program does not know.
  case unknownVersion(file: String, found: UInt32, known: UInt32)
  /// A file of the store's name is something else.
  case notAStore(file: String)
  /// Another process uses the directory.
  case inUse(directory: String)
  /// A message is longer than a record may be.
  case recordTooLong(bytes: Int, limit: Int)
  /// Nothing is at that position, or it cannot be read.
  case noRecord(Position)
}

/// Something in a data directory that could not be read, and what that means.
package enum StoreFault: Sendable, Hashable {
  /// Bytes that were durable and are no record any more; the messages in them are lost.
  case lost(file: String, from: UInt32, to: UInt32)
  /// The end of what was being written when the program died; nobody was told that it was safe.
  case unfinished(file: String, from: UInt32)
  /// A segment that should be there is not, with all messages in it.
  case missing(file: String)
  /// The head of a segment is broken, or the list of segments anywhere; all records are read all
  /// the same, but a segment that is missing may not be noticed.
  case brokenHead(file: String)
  /// Acknowledgements that cannot be read: messages come again that were settled.
  case settlementsLost(file: String, count: Int)

  /// Whether messages are gone that somebody was told are safe.
  package var isLoss: Bool {
    switch self {
    case .lost, .missing: true
    case .unfinished, .brokenHead, .settlementsLost: false
    }
  }
}
