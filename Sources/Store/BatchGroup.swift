import NIOCore

/// Batches that a disk does together: those that only add to one segment share a sync.
///
///     write 1, sync, settle 1 | write 2, sync, settle 2
///     write 1 and 2, sync, settle 1, settle 2
///
/// What is settled still comes after the sync that it waits for. A batch that makes, closes or deletes
/// a file is done alone, in the order of its operations.
package struct BatchGroup: Sendable, Hashable {
  package let batches: [SegmentLog.Batch]
  /// What their messages wait for.
  package let durable: [DiskOperation]
  /// What nobody waits for.
  package let rest: [DiskOperation]

  /// Takes as many batches as can be done together from the front.
  ///
  /// - Parameter waiting: In their order.
  /// - Returns: nil when none waits.
  package static func take(from waiting: inout [SegmentLog.Batch]) -> BatchGroup? {
    guard let first = waiting.first else { return nil }
    var count = 1
    if let segment = first.onlySegment {
      while count < waiting.count, waiting[count].onlySegment == segment { count += 1 }
    }
    defer { waiting.removeFirst(count) }
    return BatchGroup(Array(waiting[..<count]))
  }

  private init(_ batches: [SegmentLog.Batch]) {
    self.batches = batches
    rest = batches.flatMap { $0.operations.dropFirst($0.durableCount) }
    let each = batches.map { $0.operations.prefix($0.durableCount) }
    guard batches.count > 1 else {
      durable = each.flatMap(\.self)
      return
    }
    let sync = each.compactMap(\.last).last(where: \.isSync)
    durable = Self.joined(each.joined().filter { !$0.isSync }) + (sync.map { [$0] } ?? [])
  }

  /// The same with one write where several short ones follow each other in a file.
  private static func joined(_ operations: [DiskOperation]) -> [DiskOperation] {
    operations.reduce(into: []) { joined, next in
      guard case .write(let file, let offset, let bytes) = next,
        case .write(file, let start, var longer) = joined.last,
        start + longer.readableBytes == offset,
        longer.readableBytes + bytes.readableBytes <= joinedBytes
      else { return joined.append(next) }
      longer.writeImmutableBuffer(bytes)
      joined[joined.count - 1] = .write(file: file, offset: start, longer)
    }
  }

  /// To copy more than that takes longer than a system call.
  private static let joinedBytes = 16 << 10
}

extension SegmentLog.Batch {
  /// How long its messages are, in bytes.
  package var messageBytes: Int {
    operations.prefix(durableCount).reduce(0) { sum, operation in
      if case .write(_, _, let bytes) = operation { sum + bytes.readableBytes } else { sum }
    }
  }

  /// The one file that it writes messages to and syncs; nil when it does more than that and settle.
  fileprivate var onlySegment: String? {
    var segment: String?
    for (index, operation) in operations.enumerated() {
      let isOfMessages = index < durableCount
      switch operation {
      case .write(let file, _, _) where isOfMessages, .extend(let file, _, _) where isOfMessages:
        guard segment == nil || segment == file else { return nil }
        segment = file
      case .sync(let file) where isOfMessages && index == durableCount - 1:
        guard segment == file else { return nil }
      case .write where !isOfMessages, .create where !isOfMessages: break
      case .create, .write, .extend, .punch, .sync, .syncDirectory, .rename, .delete: return nil
      }
    }
    return segment
  }
}

extension DiskOperation {
  fileprivate var isSync: Bool {
    if case .sync = self { true } else { false }
  }
}
