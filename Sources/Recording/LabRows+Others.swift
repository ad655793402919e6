internal import Telemetry

extension LabQueueSnapshot: RecordedRow {
  var recordedKey: String { name }
  static var blank: LabQueueSnapshot { LabQueueSnapshot(name: "", service: "") }

  static func walk<Visitor: CellVisitor>(
    _ row: inout LabQueueSnapshot,
    _ visitor: inout Visitor
  ) {
    visitor.string(&row.name)
    visitor.string(&row.service)
    walk(&row.ways, &visitor)
    visitor.count(&row.published)
    visitor.count(&row.acknowledged)
    visitor.integer(&row.waiting)
    visitor.integer(&row.dead)
    visitor.integer(&row.lost)
    visitor.integer(&row.repeated)
    visitor.integer(&row.doubled)
    visitor.optional(&row.delay, blank: LatencySnapshot.blank, LatencySnapshot.walk)
    visitor.optional(&row.drainSeconds, blank: 0) { seconds, visitor in
      visitor.measured(&seconds, unit: 1_000)
    }
  }

  /// The ways as the digits of one number, the first one in the lowest bits; 0 ends them.
  private static func walk<Visitor: CellVisitor>(
    _ ways: inout [CallWay],
    _ visitor: inout Visitor
  ) {
    let cases = CallWay.allCases
    var digits: Int64 = 0
    if !visitor.isReading {
      // As many as a number holds; there are but three ways.
      for way in ways.prefix(31).reversed() {
        digits = digits << 2 | Int64((cases.firstIndex(of: way) ?? 0) + 1)
      }
    }
    visitor.cell(&digits, .plain)
    guard visitor.isReading else { return }
    ways = []
    while digits > 0 {
      let digit = Int(digits & 3)
      guard digit > 0 else { return visitor.refuse() }
      ways.append(cases[digit - 1])
      digits >>= 2
    }
  }
}

extension ActiveFault: RecordedRow {
  var recordedKey: Int { identifier }
  static var blank: ActiveFault {
    ActiveFault(identifier: 0, request: FaultRequest(service: "", kind: .latency), since: .zero)
  }

  static func walk<Visitor: CellVisitor>(_ row: inout ActiveFault, _ visitor: inout Visitor) {
    visitor.integer(&row.identifier)
    visitor.string(&row.request.service)
    visitor.choice(&row.request.kind)
    visitor.integer(&row.request.amount)
    visitor.integer(&row.request.percent)
    visitor.integer(&row.request.count)
    visitor.optional(&row.request.seconds, blank: 0) { seconds, visitor in
      visitor.exact(&seconds)
    }
    visitor.identifier(&row.request.seed)
    visitor.instant(&row.since)
  }
}

/// What a snapshot of the lab says with lists of any length; it seldom changes, and is written as a
/// whole when it does.
struct LabLists: Equatable {
  var knobValues: [Int] = []
  var joinable: [String] = []
  var notes: [String] = []
  var lesson = Lesson()

  init() {}

  init(_ snapshot: LabSnapshot) {
    knobValues = snapshot.knob?.values ?? []
    joinable = snapshot.joinable
    notes = snapshot.notes
    lesson = snapshot.lesson
  }

  static func walk<Visitor: ListVisitor>(_ lists: inout LabLists, _ visitor: inout Visitor) {
    visitor.list(&lists.knobValues, blank: 0) { value, visitor in visitor.integer(&value) }
    strings(&lists.joinable, &visitor)
    strings(&lists.notes, &visitor)
    let step = LessonStep(
      phase: "",
      title: "",
      task: "",
      question: "",
      options: [],
      answer: 0,
      reveal: "",
      caveat: ""
    )
    visitor.list(&lists.lesson.steps, blank: step) { step, visitor in
      visitor.string(&step.phase)
      visitor.string(&step.title)
      visitor.string(&step.task)
      visitor.string(&step.question)
      strings(&step.options, &visitor)
      visitor.integer(&step.answer)
      visitor.string(&step.reveal)
      visitor.string(&step.caveat)
    }
    visitor.list(&lists.lesson.verdict, blank: VerdictLine(condition: nil, text: "")) {
      line,
      visitor in
      visitor.string(&line.condition)
      visitor.string(&line.text)
    }
  }

  private static func strings<Visitor: ListVisitor>(
    _ strings: inout [String],
    _ visitor: inout Visitor
  ) {
    visitor.list(&strings, blank: "") { string, visitor in visitor.string(&string) }
  }
}
