package import Telemetry

/// Makes frames of snapshots: each says what is different from the one before.
///
/// Frames come in groups. The first one of a group, a key frame, holds its snapshot whole, and
/// nothing in a group refers to another group, so that decoding can begin at any key frame. A frame
/// is, in this order:
///
///     strings          that no earlier frame of the group used; see StringWriter
///     broker tables    if there: head, exchanges, queues, consumers, connections, alarms, events,
///                      1 bit whether bindings follow, bindings; each as a TableEncoder writes it
///     lab tables       if there: 64 bits with the time of the snapshot, head, ways, waterfalls, services, queues, faults,
///                      1 bit whether lists follow, lists; see LabLists
///
/// What is kept is exact, but for this:
/// - Instants inside of a snapshot, and the time that consumers were busy, are kept to the
///   millisecond; those of the snapshots themselves to the nanosecond.
/// - Measured times are kept to three digits (within 0.1 %), and not below a microsecond.
/// - ``BrokerSnapshot/details`` are left out: they are about what the person looked at, and whoever
///   looks at a recording looks at something else. So are the arrivals of a ``LoadShape``.
/// - Rows beyond 200,000 of all tables, entries beyond 10,000 of a list, and what is beyond 64 KiB of a
///   string are left out.
/// - Texts that differ only in the normal form of their characters count as the same.
package struct SnapshotEncoder: Sendable {
  private var broker = BrokerTables()
  private var lab = LabTables()
  private var cells = CellWriter()
  private var framesOfGroup = 0
  private var bytesOfGroup = 0
  private var keyBytes = 0
  /// What the next group repeats.
  private var lastLab: LabSnapshot?
  private var lastWallTime = WallTime(milliseconds: 0)

  private let groupBytes: Int

  /// Begins with a key frame.
  package init() {
    self.init(groupBytes: Limits.groupBytes)
  }

  /// - Parameter groupBytes: A group is ended when it is as long.
  init(groupBytes: Int) {
    self.groupBytes = groupBytes
  }

  /// What is kept of the last frames, with which the next ones are compared.
  package var bytes: Int { broker.bytes + cells.strings.bytes }

  /// Has the next frame be a key frame.
  package mutating func beginGroup() {
    broker.reset()
    lab.reset()
    cells.strings.reset()
    framesOfGroup = 0
    bytesOfGroup = 0
  }

  /// Encodes a snapshot of the broker.
  ///
  /// - Complexity: O(rows) to compare them, and some microseconds for each row that changed.
  /// - Parameter snapshot: Not older than the last one.
  /// - Returns: The frame; its payload may be longer than a file takes, if the broker is huge.
  package mutating func encode(_ snapshot: BrokerSnapshot) -> EncodedFrame {
    if isGroupOver { beginGroup() }
    cells.rowsLeft = Limits.rows
    let repeated = framesOfGroup == 0 ? repeatedLab(at: snapshot.at) : nil
    var bits = BitWriter()
    broker.encode(snapshot, cells: &cells, to: &bits)
    if let repeated { lab.encode(repeated, cells: &cells, to: &bits) }
    lastWallTime = snapshot.wallTime
    return frame(repeated == nil ? .broker : .brokerAndLab, at: snapshot.at, bits)
  }

  /// Encodes a snapshot of the lab.
  ///
  /// - Parameters:
  ///   - snapshot: Not older than the last one.
  ///   - wallTime: The time of day; nil for that of the broker's last snapshot.
  /// - Returns: The frame.
  package mutating func encode(_ snapshot: LabSnapshot, wallTime: WallTime? = nil) -> EncodedFrame {
    // A group begins with the broker, where there is one, so that it never lacks it.
    if isGroupOver, broker.isEmpty || framesOfGroup >= 2 * Limits.mostFramesOfGroup {
      beginGroup()
    }
    cells.rowsLeft = Limits.rows
    var bits = BitWriter()
    lab.encode(snapshot, cells: &cells, to: &bits)
    lastLab = snapshot
    if let wallTime { lastWallTime = wallTime }
    return frame(.lab, at: snapshot.at, bits)
  }

  private var isGroupOver: Bool {
    framesOfGroup >= Limits.mostFramesOfGroup || bytesOfGroup >= groupBytes
      || framesOfGroup >= Limits.framesOfGroup && bytesOfGroup >= 2 * keyBytes
      || cells.strings.count >= Limits.stringsOfGroup
      || cells.strings.bytes >= Limits.stringsBytesOfGroup
  }

  private func repeatedLab(at instant: Instant) -> LabSnapshot? {
    guard let lastLab, instant.seconds(since: lastLab.at) <= Limits.repeatedLabSeconds else {
      return nil
    }
    return lastLab
  }

  private mutating func frame(
    _ content: FrameHead.Content,
    at instant: Instant,
    _ bits: consuming BitWriter
  ) -> EncodedFrame {
    let payload = cells.strings.takeFresh() + bits.finished()
    let isKey = framesOfGroup == 0
    if isKey { keyBytes = payload.count }
    framesOfGroup += 1
    bytesOfGroup += payload.count
    return EncodedFrame(
      head: FrameHead(content: content, isKey: isKey, at: instant, wallTime: lastWallTime),
      payload: payload
    )
  }
}

/// Writes the tables of the broker.
private struct BrokerTables {
  private var head = TableEncoder<BrokerHead>()
  private var exchanges = TableEncoder<ExchangeSnapshot>()
  private var queues = TableEncoder<QueueSnapshot>()
  private var consumers = TableEncoder<ConsumerSnapshot>()
  private var connections = TableEncoder<ConnectionSnapshot>()
  private var alarms = TableEncoder<ResourceAlarm>()
  private var events = TableEncoder<BrokerEvent>()
  private var bindings = TableEncoder<BindingSnapshot>()
  private var pace = FramePace()
  private var surveyedAt: Instant?

  var isEmpty: Bool { pace.isFirst }

  /// Those of the tables that can be long.
  var bytes: Int {
    exchanges.bytes + queues.bytes + consumers.bytes + connections.bytes + bindings.bytes
  }

  mutating func reset() {
    self = BrokerTables()
  }

  mutating func encode(
    _ snapshot: BrokerSnapshot,
    cells: inout CellWriter,
    to bits: inout BitWriter
  ) {
    let elapsed = pace.elapsed(at: snapshot.at)
    head.encode([BrokerHead(snapshot)], elapsed: elapsed, cells: &cells, to: &bits)
    exchanges.encode(snapshot.exchanges, elapsed: elapsed, cells: &cells, to: &bits)
    queues.encode(snapshot.queues, elapsed: elapsed, cells: &cells, to: &bits)
    consumers.encode(snapshot.consumers, elapsed: elapsed, cells: &cells, to: &bits)
    connections.encode(snapshot.connections, elapsed: elapsed, cells: &cells, to: &bits)
    alarms.encode(snapshot.alarms, elapsed: elapsed, cells: &cells, to: &bits)
    events.encode(snapshot.events, elapsed: elapsed, cells: &cells, to: &bits)
    let isNewSurvey = snapshot.bindingSurvey?.at != surveyedAt
    surveyedAt = snapshot.bindingSurvey?.at
    bits.flag(isNewSurvey)
    guard isNewSurvey else { return }
    let rows = snapshot.bindingSurvey?.bindings ?? []
    bindings.encode(rows, elapsed: elapsed, cells: &cells, to: &bits)
  }
}

/// Writes the tables of the lab.
private struct LabTables {
  private var head = TableEncoder<LabHead>()
  private var ways = TableEncoder<CallWaySnapshot>()
  private var waterfalls = TableEncoder<WaterfallRow>()
  private var services = TableEncoder<ServiceSnapshot>()
  private var queues = TableEncoder<LabQueueSnapshot>()
  private var faults = TableEncoder<ActiveFault>()
  private var lists = LabLists()
  private var pace = FramePace()

  mutating func reset() {
    self = LabTables()
  }

  mutating func encode(
    _ snapshot: LabSnapshot,
    cells: inout CellWriter,
    to bits: inout BitWriter
  ) {
    let elapsed = pace.elapsed(at: snapshot.at)
    bits.bits(UInt64(bitPattern: snapshot.at.nanoseconds), count: 64)
    head.encode([LabHead(snapshot)], elapsed: elapsed, cells: &cells, to: &bits)
    ways.encode(snapshot.ways, elapsed: elapsed, cells: &cells, to: &bits)
    let steps = snapshot.ways.enumerated()
      .flatMap { way, snapshot in
        snapshot.waterfall.enumerated()
          .map { place, step in WaterfallRow(way: way, place: place, step: step) }
      }
    waterfalls.encode(steps, elapsed: elapsed, cells: &cells, to: &bits)
    services.encode(snapshot.services, elapsed: elapsed, cells: &cells, to: &bits)
    queues.encode(snapshot.queues, elapsed: elapsed, cells: &cells, to: &bits)
    faults.encode(snapshot.faults, elapsed: elapsed, cells: &cells, to: &bits)
    var now = LabLists(snapshot)
    bits.flag(now != lists)
    guard now != lists else { return }
    lists = now
    // Exchanged, not copied: the strings can be many.
    var writer = ListWriter(strings: StringWriter(), bits: BitWriter())
    swap(&writer.strings, &cells.strings)
    swap(&writer.bits, &bits)
    LabLists.walk(&now, &writer)
    swap(&writer.strings, &cells.strings)
    swap(&writer.bits, &bits)
  }
}

/// How much time lies between the frames of one kind.
struct FramePace {
  private var last: Int64?

  var isFirst: Bool { last == nil }

  /// Milliseconds since the frame before; 0 for the first one.
  mutating func elapsed(at instant: Instant) -> Int64 {
    let now = instant.nanoseconds / 1_000_000
    defer { last = now }
    return last.map { now &- $0 } ?? 0
  }
}
