package import Telemetry

/// Makes snapshots of the frames of a ``SnapshotEncoder``, one after the other from a key frame on.
package struct SnapshotDecoder: Sendable {
  /// The newest snapshot of the broker of this group.
  package private(set) var broker: BrokerSnapshot?
  /// The newest snapshot of the lab of this group.
  package private(set) var lab: LabSnapshot?
  private var brokerTables = BrokerTables()
  private var labTables = LabTables()
  private var cells = CellReader()
  /// Set from a key frame to the first frame that cannot be understood.
  private var isReady = false

  /// Wants a key frame first.
  package init() {}

  /// Decodes a frame.
  ///
  /// - Parameter frame: A key frame, or the one that followed on the last.
  /// - Returns: Its snapshot; nil when the frame makes no sense, or not here: nothing does then until
  ///   the next key frame.
  package mutating func decode(_ frame: EncodedFrame) -> RecordedSnapshot? {
    if frame.head.isKey {
      self = SnapshotDecoder()
      isReady = true
    }
    guard isReady else { return nil }
    isReady = false
    // Let go of, so that the tables change in place.
    if frame.head.content != .lab { broker = nil }
    if frame.head.content != .broker { lab = nil }
    guard let start = cells.strings.add(from: frame.payload) else { return nil }
    cells.rowsLeft = Limits.rows
    var bits = BitReader(frame.payload, from: start)
    if frame.head.content != .lab {
      broker = brokerTables.decode(frame.head, cells: &cells, from: &bits)
    }
    if frame.head.content != .broker {
      lab = labTables.decode(cells: &cells, from: &bits)
    }
    guard !bits.isDamaged, !cells.isDamaged else {
      (broker, lab) = (nil, nil)
      return nil
    }
    isReady = true
    return snapshot(of: frame.head)
  }

  /// The snapshot that a frame is about, if it is the last one.
  func snapshot(of head: FrameHead) -> RecordedSnapshot? {
    head.content == .lab ? lab.map(RecordedSnapshot.lab) : broker.map(RecordedSnapshot.broker)
  }
}

/// Reads the tables of the broker.
private struct BrokerTables {
  private var head = TableDecoder<BrokerHead>()
  private var exchanges = TableDecoder<ExchangeSnapshot>()
  private var queues = TableDecoder<QueueSnapshot>()
  private var consumers = TableDecoder<ConsumerSnapshot>()
  private var connections = TableDecoder<ConnectionSnapshot>()
  private var alarms = TableDecoder<ResourceAlarm>()
  private var events = TableDecoder<BrokerEvent>()
  private var bindings = TableDecoder<BindingSnapshot>()
  private var pace = FramePace()

  mutating func decode(
    _ frame: FrameHead,
    cells: inout CellReader,
    from bits: inout BitReader
  ) -> BrokerSnapshot? {
    let elapsed = pace.elapsed(at: frame.at)
    head.decode(elapsed: elapsed, cells: &cells, from: &bits)
    exchanges.decode(elapsed: elapsed, cells: &cells, from: &bits)
    queues.decode(elapsed: elapsed, cells: &cells, from: &bits)
    consumers.decode(elapsed: elapsed, cells: &cells, from: &bits)
    connections.decode(elapsed: elapsed, cells: &cells, from: &bits)
    alarms.decode(elapsed: elapsed, cells: &cells, from: &bits)
    events.decode(elapsed: elapsed, cells: &cells, from: &bits)
    if bits.flag() { bindings.decode(elapsed: elapsed, cells: &cells, from: &bits) }
    guard let head = head.rows.first else {
      bits.refuse()
      return nil
    }
    return BrokerSnapshot(
      at: frame.at,
      wallTime: frame.wallTime,
      identity: head.identity,
      totals: head.totals,
      exchanges: exchanges.rows,
      queues: queues.rows,
      consumers: consumers.rows,
      connections: connections.rows,
      alarms: alarms.rows,
      bindingSurvey: head.surveyedAt.map { BindingSurvey(at: $0, bindings: bindings.rows) },
      events: events.rows
    )
  }
}

/// Reads the tables of the lab.
private struct LabTables {
  private var head = TableDecoder<LabHead>()
  private var ways = TableDecoder<CallWaySnapshot>()
  private var waterfalls = TableDecoder<WaterfallRow>()
  private var services = TableDecoder<ServiceSnapshot>()
  private var queues = TableDecoder<LabQueueSnapshot>()
  private var faults = TableDecoder<ActiveFault>()
  private var lists = LabLists()
  private var pace = FramePace()

  mutating func decode(
    cells: inout CellReader,
    from bits: inout BitReader
  ) -> LabSnapshot? {
    let at = Instant(nanoseconds: Int64(bitPattern: bits.bits(64)))
    let elapsed = pace.elapsed(at: at)
    head.decode(elapsed: elapsed, cells: &cells, from: &bits)
    ways.decode(elapsed: elapsed, cells: &cells, from: &bits)
    waterfalls.decode(elapsed: elapsed, cells: &cells, from: &bits)
    services.decode(elapsed: elapsed, cells: &cells, from: &bits)
    queues.decode(elapsed: elapsed, cells: &cells, from: &bits)
    faults.decode(elapsed: elapsed, cells: &cells, from: &bits)
    if bits.flag() {
      var reader = ListReader(strings: cells.strings, bits: bits)
      LabLists.walk(&lists, &reader)
      bits = reader.bits
    }
    guard let head = head.rows.first else {
      bits.refuse()
      return nil
    }
    return snapshot(head, at: at)
  }

  private func snapshot(_ head: LabHead, at: Instant) -> LabSnapshot {
    var ways = ways.rows
    for step in waterfalls.rows where ways.indices.contains(step.way) {
      ways[step.way].waterfall.append(step.step)
    }
    var knob = head.knob
    knob?.values = lists.knobValues
    return LabSnapshot(
      at: at,
      scenario: head.scenario,
      title: head.title,
      mode: head.mode,
      offeredPerSecond: head.offeredPerSecond,
      shape: head.shape,
      peak: head.peak,
      replay: head.replay,
      isBrokerAway: head.isBrokerAway,
      messageBytes: head.messageBytes,
      state: head.state,
      ways: ways,
      services: services.rows,
      queues: queues.rows,
      faults: faults.rows,
      knob: knob,
      joinable: lists.joinable,
      notes: lists.notes,
      lesson: lists.lesson
    )
  }
}
