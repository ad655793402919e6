import Recording
import Glibc
import Synchronization
package import Telemetry

/// Records snapshots into a file, in the background, each as soon as it comes.
///
/// Every snapshot goes to the system at once, so that a killed program leaves all that it was told.
/// What cannot be written ends the recording and nothing else; the file then ends with the last
/// snapshot that is whole.
///
/// - Isolation: any thread may call; snapshots come from one at a time.
package final class FileRecorder: Sendable {
  /// What became of a recording.
  package struct Summary: Sendable, Hashable {
    /// Snapshots in the file.
    package var snapshotCount = 0
    /// Snapshots that were not written: the disk was too slow, or they were too large.
    package var leftOutCount = 0
    /// How long the file is.
    package var bytes = 0
    /// Why it ended before it was asked to, in one line; nil when it did not.
    package var problem: String?
  }

  private enum Item: Sendable {
    case broker(BrokerSnapshot)
    case lab(LabSnapshot, WallTime)
  }

  /// The file.
  package let path: String
  private let items: AsyncStream<Item>.Continuation
  private let work: Task<Summary, Never>
  private let leftOutCount = Atomic(0)

  /// Begins a recording.
  ///
  /// - Parameters:
  ///   - destination: The file; it is closed at the end.
  ///   - label: What is recorded.
  ///   - createdAt: The time of day.
  ///   - limit: The most bytes that the file may have.
  ///   - onEarlyEnd: Told once in one line why the recording ended by itself.
  package init(
    _ destination: RecordingDestination,
    label: String,
    createdAt: WallTime,
    limit: Int = Limits.fileBytes,
    onEarlyEnd: @escaping @Sendable (String) async -> Void
  ) {
    path = destination.path
    let (stream, items) = AsyncStream.makeStream(
      of: Item.self,
      bufferingPolicy: .bufferingOldest(Limits.waitingSnapshots)
    )
    self.items = items
    // Detached, because whoever makes it may be on the main actor, and a disk can be slow.
    work = Task.detached {
      var output = Output(destination, label: label, createdAt: createdAt, limit: limit)
      if let problem = output.open() { await onEarlyEnd(problem) }
      for await item in stream {
        let problem =
          switch item {
          case .broker(let snapshot): output.add(snapshot)
          case .lab(let snapshot, let wallTime): output.add(snapshot, at: wallTime)
          }
        if let problem { await onEarlyEnd(problem) }
      }
      output.close()
      return output.summary
    }
  }

  /// Records a snapshot of the broker; it returns at once.
  package func add(_ snapshot: BrokerSnapshot) {
    add(.broker(snapshot))
  }

  /// Records a snapshot of the lab; it returns at once.
  ///
  /// - Parameters:
  ///   - snapshot: What the lab said.
  ///   - wallTime: The time of day.
  package func add(_ snapshot: LabSnapshot, at wallTime: WallTime) {
    add(.lab(snapshot, wallTime))
  }

  private func add(_ item: Item) {
    if case .dropped = items.yield(item) { leftOutCount.add(1, ordering: .relaxed) }
  }

  /// Waits until all is written and the file is closed.
  ///
  /// - Returns: What is in it.
  package func finish() async -> Summary {
    items.finish()
    var summary = await work.value
    summary.leftOutCount += leftOutCount.load(ordering: .relaxed)
    return summary
  }
}

/// The end of the file that grows.
private struct Output {
  private(set) var summary = FileRecorder.Summary()
  private let destination: RecordingDestination
  private let limit: Int
  private var writer: RecordingWriter
  private var isOpen = true
  /// The instant of the last snapshot: those of a broker and a lab cross each other now and then,
  /// and in the file they are in order.
  private var last = Instant.zero

  init(_ destination: RecordingDestination, label: String, createdAt: WallTime, limit: Int) {
    self.destination = destination
    self.limit = limit
    writer = RecordingWriter(label: label, createdAt: createdAt)
  }

  /// Writes what the file begins with.
  ///
  /// - Returns: Why that failed; nil when it did not.
  mutating func open() -> String? {
    write(writer.opening)
  }

  mutating func add(_ snapshot: BrokerSnapshot) -> String? {
    var snapshot = snapshot
    snapshot.at = inOrder(snapshot.at)
    return write { writer throws(RecordingError) in try writer.append(snapshot) }
  }

  mutating func add(_ snapshot: LabSnapshot, at wallTime: WallTime) -> String? {
    var snapshot = snapshot
    snapshot.at = inOrder(snapshot.at)
    return write { writer throws(RecordingError) in try writer.append(snapshot, at: wallTime) }
  }

  private mutating func inOrder(_ instant: Instant) -> Instant {
    last = max(last, instant)
    return last
  }

  private mutating func write(
    _ encode: (inout RecordingWriter) throws(RecordingError) -> [UInt8]
  ) -> String? {
    guard isOpen else { return nil }
    let bytes: [UInt8]
    do {
      bytes = try encode(&writer)
    } catch {
      // The recording goes on without it.
      summary.leftOutCount += 1
      return nil
    }
    if summary.bytes + bytes.count > limit {
      return end("the recording \(destination.path) is full: it has \(summary.bytes) bytes")
    }
    if let problem = write(bytes) { return problem }
    summary.snapshotCount += 1
    return nil
  }

  private mutating func write(_ bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = rest.withUnsafeBytes {
        Glibc.write(destination.descriptor, $0.baseAddress, $0.count)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let code = errno
        // A half snapshot at the end would look like damage. What is no file cannot be shortened.
        ftruncate(destination.descriptor, off_t(summary.bytes))
        return end(
          RecordingFileError("the recording stopped: cannot write", destination.path, code: code)
            .description
        )
      }
      rest = rest.dropFirst(written)
    }
    summary.bytes += bytes.count
    return nil
  }

  private mutating func end(_ problem: String) -> String {
    summary.problem = problem
    close()
    return problem
  }

  mutating func close() {
    guard isOpen else { return }
    isOpen = false
    // Some disks over a network say only now that they are full.
    if Glibc.close(destination.descriptor) != 0, summary.problem == nil {
      summary.problem =
        RecordingFileError("cannot write", destination.path, code: errno).description
    }
  }
}
