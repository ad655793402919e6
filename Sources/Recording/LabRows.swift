internal import Telemetry

/// What a snapshot says of the lab as a whole: a table of one row.
///
/// The recorded arrivals of a load shape are left out: no screen shows them, and they can be a
/// million.
struct LabHead: RecordedRow {
  var scenario = ""
  var title = ""
  var mode: CallMode = .both
  var offeredPerSecond = 0.0
  var shape: LoadShape = .steady
  var peak: LoadShape = .steady
  var replay: LoadShape?
  var isBrokerAway = false
  var messageBytes = 0
  var state: LabState = .starting
  /// Without its values.
  var knob: LabKnob?

  init(_ snapshot: LabSnapshot) {
    scenario = snapshot.scenario
    title = snapshot.title
    mode = snapshot.mode
    offeredPerSecond = snapshot.offeredPerSecond
    shape = snapshot.shape
    peak = snapshot.peak
    replay = snapshot.replay
    isBrokerAway = snapshot.isBrokerAway
    messageBytes = snapshot.messageBytes
    state = snapshot.state
    knob = snapshot.knob
    // Else a million of them would be compared each time.
    shape.arrivals = []
    peak.arrivals = []
    replay?.arrivals = []
  }

  private init() {}

  var recordedKey: Bool { true }
  static var blank: LabHead { LabHead() }

  static func walk<Visitor: CellVisitor>(_ row: inout LabHead, _ visitor: inout Visitor) {
    visitor.string(&row.scenario)
    visitor.string(&row.title)
    visitor.choice(&row.mode)
    visitor.exact(&row.offeredPerSecond)
    LoadShape.walk(&row.shape, &visitor)
    LoadShape.walk(&row.peak, &visitor)
    visitor.optional(&row.replay, blank: .steady, LoadShape.walk)
    visitor.flag(&row.isBrokerAway)
    visitor.integer(&row.messageBytes)
    walk(&row.state, &visitor)
    visitor.optional(&row.knob, blank: LabKnob(label: "", unit: "", value: 0, values: [])) {
      knob,
      visitor in
      visitor.string(&knob.label)
      visitor.string(&knob.unit)
      visitor.integer(&knob.value)
    }
  }

  private static func walk<Visitor: CellVisitor>(
    _ state: inout LabState,
    _ visitor: inout Visitor
  ) {
    let plain: [LabState] = [.starting, .running, .draining, .stopped]
    var text = if case .failed(let text) = state { text } else { "" }
    var number = plain.firstIndex(of: state) ?? plain.count
    visitor.integer(&number)
    visitor.string(&text)
    guard visitor.isReading else { return }
    switch number {
    case plain.indices: state = plain[number]
    case plain.count: state = .failed(text)
    default: visitor.refuse()
    }
  }
}

extension LoadShape {
  static func walk<Visitor: CellVisitor>(_ shape: inout LoadShape, _ visitor: inout Visitor) {
    visitor.choice(&shape.kind)
    visitor.exact(&shape.factor)
    visitor.exact(&shape.seconds)
  }
}

extension LatencySnapshot {
  static var blank: LatencySnapshot {
    LatencySnapshot(p50: 0, p95: 0, p99: 0, sampleCount: 0, windowSeconds: 0)
  }

  static func walk<Visitor: CellVisitor>(
    _ latency: inout LatencySnapshot,
    _ visitor: inout Visitor
  ) {
    visitor.measured(&latency.p50)
    visitor.measured(&latency.p95)
    visitor.measured(&latency.p99)
    visitor.integer(&latency.sampleCount)
    visitor.exact(&latency.windowSeconds)
  }
}

/// A way of calling without its waterfall, which is a table of its own.
extension CallWaySnapshot: RecordedRow {
  var recordedKey: CallWay { way }
  static var blank: CallWaySnapshot { CallWaySnapshot(way: .synchronous) }

  static func walk<Visitor: CellVisitor>(_ row: inout CallWaySnapshot, _ visitor: inout Visitor) {
    visitor.choice(&row.way)
    visitor.string(&row.title)
    visitor.count(&row.offered)
    visitor.count(&row.succeeded)
    visitor.count(&row.declined)
    visitor.count(&row.failed)
    visitor.count(&row.refused)
    visitor.optional(&row.latency, blank: LatencySnapshot.blank, LatencySnapshot.walk)
    visitor.integer(&row.busyThreads)
    visitor.integer(&row.threads)
    visitor.integer(&row.waitingRequests)
    visitor.string(&row.waitsFor)
  }
}

/// One step of the waterfall of one way of calling.
struct WaterfallRow: RecordedRow {
  /// The place of the way among the ways.
  var way: Int
  /// The place among the steps.
  var place: Int
  var step: RequestStep

  /// Where a step is.
  struct Key: Hashable {
    var way: Int
    var place: Int
  }

  var recordedKey: Key { Key(way: way, place: place) }
  static var blank: WaterfallRow {
    WaterfallRow(
      way: 0,
      place: 0,
      step: RequestStep(name: "", startMilliseconds: 0, milliseconds: 0)
    )
  }

  static func walk<Visitor: CellVisitor>(_ row: inout WaterfallRow, _ visitor: inout Visitor) {
    visitor.integer(&row.way)
    visitor.integer(&row.place)
    visitor.string(&row.step.name)
    visitor.measured(&row.step.startMilliseconds)
    visitor.measured(&row.step.milliseconds)
    visitor.choice(&row.step.outcome)
  }
}

extension ServiceSnapshot: RecordedRow {
  var recordedKey: String { name }
  static var blank: ServiceSnapshot { ServiceSnapshot(name: "", state: .starting) }

  static func walk<Visitor: CellVisitor>(_ row: inout ServiceSnapshot, _ visitor: inout Visitor) {
    visitor.string(&row.name)
    visitor.string(&row.service)
    walk(&row.state, &visitor)
    visitor.string(&row.queue)
    visitor.count(&row.done)
    visitor.count(&row.callsAnswered)
    visitor.integer(&row.inHand)
    visitor.flag(&row.isProducer)
  }

  private static func walk<Visitor: CellVisitor>(
    _ state: inout ServiceState,
    _ visitor: inout Visitor
  ) {
    var number = 0
    var process = 0
    var text = ""
    switch state {
    case .starting: number = 0
    case .running(let identifier): (number, process) = (1, identifier)
    case .hung(let identifier): (number, process) = (2, identifier)
    case .killed: number = 3
    case .ended(let sentence): (number, text) = (4, sentence)
    }
    visitor.integer(&number)
    visitor.integer(&process)
    visitor.string(&text)
    guard visitor.isReading else { return }
    switch number {
    case 0: state = .starting
    case 1: state = .running(processIdentifier: process)
    case 2: state = .hung(processIdentifier: process)
    case 3: state = .killed
    case 4: state = .ended(text)
    default: visitor.refuse()
    }
  }
}
