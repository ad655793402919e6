/// What a data directory has in it, and what is broken.
package struct Inspection: Sendable, Hashable {
  /// Every segment that counts, in order.
  package var segments: [SegmentFacts]
  package var faults: [StoreFault]
}

/// What one segment has in it.
package struct SegmentFacts: Sendable, Hashable {
  /// The name of its file, which is its number.
  package var file: String
  /// How long the file is.
  package var bytes: Int
  /// Whole records of any kind.
  package var recordCount: Int
  /// Messages that a restart would bring back: they are in a queue still.
  package var liveCount: Int
  /// Whole entries of what became of its messages.
  package var settlementCount: Int
}

extension Recovery {
  /// Reads all that is there, and changes nothing.
  ///
  /// - Parameters:
  ///   - disk: The directory; it is only read.
  ///   - message: Called for each message that is still in a queue, in the order in which they
  ///     were appended.
  /// - Returns: What is there, and what could not be read.
  /// - Throws: ``StoreError/notAStore(file:)`` when there are files and none is a store's;
  ///   ``StoreError/unknownVersion(file:found:known:)``; ``StoreError/system(call:file:code:)``.
  package static func inspect(
    _ disk: D,
    message: (RecoveredMessage) -> Void = { _ in }
  ) throws(StoreError) -> Inspection {
    var recovery = try Recovery(disk)
    try recovery.requireStore()
    try recovery.readMessages { found in
      message(found)
      return found.queues.count
    }
    return Inspection(segments: recovery.facts, faults: recovery.faults)
  }

  /// Whoever names another directory by mistake should not hear that it is a store and whole.
  func requireStore() throws(StoreError) {
    guard files.isEmpty || hasList || files.keys.contains(where: StoreFiles.isOwn) else {
      throw .notAStore(file: SegmentList.file)
    }
  }
}

/// The names of what is in a data directory beside the segments.
package enum StoreFiles {
  /// What the process that uses the directory holds a lock on.
  package static let lock = "lock"
  /// Queues, exchanges and bindings, of which the store knows nothing but the name.
  package static let topology = "topology"

  /// Whether only a store has a file of that name; a list of segments may be many things.
  static func isOwn(_ file: String) -> Bool {
    if file == lock || file == topology || file == SegmentList.newFile { return true }
    let segment = file.hasSuffix(".ack") ? file.dropLast(4) + ".log" : Substring(file)
    return SegmentFormat.segment(of: String(segment)) != nil
  }
}
