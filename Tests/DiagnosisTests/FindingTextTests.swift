import Telemetry
import Testing

@testable import Diagnosis

/// Findings as exports and alerts write them.
@Suite struct FindingTextTests {
  /// One that has everything; it began 85 s before the snapshot.
  private static func found() -> (finding: Finding, snapshot: BrokerSnapshot) {
    var stage = Stage()
    stage.run(100)
    let orders = QueueIdentity(virtualHost: "shop", name: "orders")
    var finding = Finding(
      rule: .stuck,
      subject: .consumer(identifier: 7, queue: orders),
      triage: .consumer,
      text: "holds 10 and acknowledges none",
      since: stage.now.advanced(bySeconds: -85),
      uncertaintySeconds: 5,
      evidence: ["It holds 10 of 10.", "Heartbeats arrive."],
      advice: [Finding.Advice(action: "kill", "kill it"), Finding.Advice("look in its log")]
    )
    finding.reach = "isolated"
    finding.symptoms = [
      Finding.Symptom(rule: .backlog, subject: .queue(orders), text: "4 230 wait")
    ]
    return (finding, stage.snapshot)
  }

  @Test func aFindingIsAFewLinesOfText() {
    let (finding, snapshot) = Self.found()
    // 2023-11-14 22:13:20 UTC and 15 s, seen from an hour to the east.
    #expect(
      FindingText.lines(finding, in: snapshot, offsetSeconds: 3_600) == [
        "STUCK shop:orders: holds 10 and acknowledges none",
        "  since 23:13:35 ±5 s (85s), CONSUMER, critical",
        "  isolated",
        "  why  It holds 10 of 10.",
        "  why  Heartbeats arrive.",
        "  try  kill it (kill)",
        "  try  look in its log",
        "  so   shop:orders BACKLOG: 4 230 wait",
      ]
    )
  }

  @Test func whatIsNotKnownIsNotSaid() {
    var (finding, snapshot) = Self.found()
    finding.since = nil
    finding.reach = ""
    finding.evidence = []
    finding.advice = []
    finding.symptoms = []
    #expect(
      FindingText.lines(finding, in: snapshot, offsetSeconds: 0) == [
        "STUCK shop:orders: holds 10 and acknowledges none", "  CONSUMER, critical",
      ]
    )
    let record = FindingRecord(finding, in: snapshot)
    #expect(record["since"] == FindingRecord.Value.none)
    #expect(record["lastsSeconds"] == FindingRecord.Value.none)
    #expect(record["reach"] == FindingRecord.Value.none)
    #expect(record["evidence"] == .list([]))
  }

  @Test func aRecordHasItsFieldsInAFixedOrder() {
    let (finding, snapshot) = Self.found()
    let record = FindingRecord(finding, in: snapshot)
    #expect(
      record.fields.map(\.name) == [
        "rule", "word", "severity", "triage", "broker", "endpoint", "subject", "text", "at",
        "since", "lastsSeconds", "uncertaintySeconds", "reach", "evidence", "advice", "symptoms",
      ]
    )
    #expect(record["rule"] == .text("stuck"))
    #expect(record["severity"] == .text("critical"))
    #expect(record["triage"] == .text("CONSUMER"))
    #expect(record["broker"] == .text("stage"))
    #expect(record["at"] == .integer(1_700_000_100_000))
    #expect(record["since"] == .integer(1_700_000_015_000))
    #expect(record["lastsSeconds"] == .number(85))
    #expect(record["uncertaintySeconds"] == .number(5))
    #expect(
      record["evidence"] == .list([.text("It holds 10 of 10."), .text("Heartbeats arrive.")])
    )
    guard case .list(let advice)? = record["advice"], case .fields(let first)? = advice.first,
      case .fields(let last)? = advice.last
    else {
      Issue.record("advice is no list of fields")
      return
    }
    #expect(first.map(\.name) == ["action", "text"])
    #expect(first.map(\.value) == [.text("kill"), .text("kill it")])
    #expect(last.first?.value == FindingRecord.Value.none)
  }

  @Test(arguments: [
    (Subject.broker, "broker", "broker"),
    (.queue(QueueIdentity(virtualHost: "/", name: "q")), "queue", "q"),
    (.exchange(ExchangeIdentity(virtualHost: "/", name: "")), "exchange", "(default)"),
    (.connection(identifier: 4, name: "shop"), "connection", "shop"),
    (.client(name: "php"), "client", "php"), (.resource(.disk), "resource", "disk"),
    (.consumer(identifier: 4, queue: QueueIdentity(virtualHost: "/", name: "q")), "consumer", "q"),
  ])
  func everySubjectHasTheSameFields(subject: Subject, kind: String, name: String) {
    var (finding, snapshot) = Self.found()
    finding.subject = subject
    guard case .fields(let fields)? = FindingRecord(finding, in: snapshot)["subject"] else {
      Issue.record("the subject has no fields")
      return
    }
    #expect(
      fields.map(\.name) == [
        "kind", "name", "virtualHost", "queue", "exchange", "consumer", "connection",
      ]
    )
    #expect(fields[0].value == .text(kind))
    #expect(fields[1].value == .text(name))
  }

  @Test func aTroubleOfLessThanASecondOfDoubtSaysNoDoubt() {
    var (finding, snapshot) = Self.found()
    finding.uncertaintySeconds = 0.5
    #expect(
      FindingText.since(finding, in: snapshot, offsetSeconds: 0) == "since 22:13:35 (85s)"
    )
  }
}
