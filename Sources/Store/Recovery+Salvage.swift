import NIOCore

/// What was taken from one data directory into another.
package struct Salvage: Sendable, Hashable {
  /// Messages that were in a queue still.
  package var messageCount: Int
  /// Whether there was a file of queues, exchanges and bindings to copy.
  package var hasTopology: Bool
  /// What could not be read.
  package var faults: [StoreFault]
}

/// Which of two directories a salvage failed on.
package enum SalvageError: Error, Hashable {
  case reading(StoreError)
  case writing(StoreError)
}

extension Recovery {
  /// Copies every whole message that is still in a queue into a new directory, in order, with its
  /// queues, how often it came back to each, when it entered them, and its notes.
  ///
  /// Some MiB are held at a time, or one segment. A directory that could not be written to the end
  /// has no topology.
  ///
  /// - Parameters:
  ///   - disk: The damaged directory; it is only read.
  ///   - wallTime: Now, in milliseconds since 1970.
  ///   - open: Makes the new directory; not called when the damaged one is not a store or of
  ///     another version.
  /// - Returns: What was copied, and what could not be read.
  /// - Throws: ``SalvageError``, with the errors of ``inspect(_:message:)`` among others.
  package static func salvage<Target: Disk>(
    _ disk: D,
    at wallTime: Int64,
    into open: () throws(StoreError) -> Target
  ) throws(SalvageError) -> Salvage {
    var recovery = try reading { () throws(StoreError) in
      let recovery = try Recovery(disk)
      try recovery.requireStore()
      return recovery
    }
    var copy = try writing { () throws(StoreError) in try SalvagedCopy(open(), at: wallTime) }
    var refusal: StoreError?
    do {
      try recovery.readMessages { message throws(StoreError) in
        do throws(StoreError) {
          try copy.add(message)
        } catch {
          refusal = error
          throw error
        }
        return message.queues.count
      }
    } catch {
      throw refusal == nil ? .reading(error) : .writing(error)
    }
    try writing { () throws(StoreError) in try copy.carryOut() }
    let hasTopology = recovery.files[StoreFiles.topology] != nil
    if hasTopology { try copyTopology(from: disk, to: &copy.disk) }
    return Salvage(
      messageCount: copy.messageCount,
      hasTopology: hasTopology,
      faults: recovery.faults
    )
  }

  private static func copyTopology<Target: Disk>(
    from source: D,
    to target: inout Target
  ) throws(SalvageError) {
    let file = StoreFiles.topology
    try writing { () throws(StoreError) in try target.perform(.create(file: file, bytes: 0)) }
    var offset = 0
    while true {
      let piece = try reading { () throws(StoreError) in
        try source.read(file, at: offset, count: StoreLimits.salvageBytes)
      }
      guard piece.readableBytes > 0 else { break }
      try writing { () throws(StoreError) in
        try target.perform(.write(file: file, offset: offset, piece))
      }
      offset += piece.readableBytes
    }
    try writing { () throws(StoreError) in
      try target.perform(.sync(file: file))
      try target.perform(.syncDirectory)
    }
  }

  private static func reading<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(SalvageError) -> Value {
    do { return try body() } catch { throw .reading(error) }
  }

  private static func writing<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(SalvageError) -> Value {
    do { return try body() } catch { throw .writing(error) }
  }
}

/// A log in a new directory, written as it grows.
private struct SalvagedCopy<Target: Disk> {
  var disk: Target
  private(set) var messageCount = 0
  private var log: SegmentLog
  private let wallTime: Int64

  init(_ disk: Target, at wallTime: Int64) throws(StoreError) {
    let outcome = try Recovery.run(disk) { _ in 0 }
    self.disk = outcome.disk
    log = outcome.log
    self.wallTime = wallTime
  }

  mutating func add(_ message: RecoveredMessage) throws(StoreError) {
    var record = message.record
    record.queues = message.queues.map(\.number)
    let position = try log.append(record, at: wallTime)
    for queue in message.queues where queue.returnCount > 0 {
      log.settle(
        Settlement(position: position, queue: queue.number, returnCount: queue.returnCount)
      )
    }
    messageCount += 1
    if log.waitingBytes > StoreLimits.salvageBytes { try carryOut() }
  }

  mutating func carryOut() throws(StoreError) {
    guard let batch = log.takeBatch() else { return }
    for operation in batch.operations { try disk.perform(operation) }
    log.finished(batch)
  }
}
