import AMQPClient
import AMQP
import JSONText
import Telemetry
import Testing

@testable import Compare

/// The table as text, Markdown and JSON.
@Suite struct ReportTests {
  private static let machine = MachineFacts(
    cores: 2,
    kernel: "6.1.0",
    processor: "",
    wallTime: WallTime(milliseconds: 1_796_000_000_000)
  )

  private static func summary(
    _ rate: Double,
    isBound: Bool = false,
    flaws: Flaws = Flaws(),
    latency: Double? = nil
  ) throws -> CaseOutcome {
    let percentiles = latency.map { Percentiles(p50: $0, p99: $0 * 4, maximum: $0 * 9, count: 7) }
    let round = RoundMeasurement(
      seconds: 1,
      publishedCount: Int(rate),
      deliveredCount: Int(rate),
      flaws: flaws,
      delivery: percentiles,
      confirm: percentiles,
      clientCPUSeconds: rate / 1e6,
      busiestShare: isBound ? 1 : 0,
      brokerCPUSeconds: rate * 2 / 1e6,
      brokerMemoryBytes: 50_000_000,
      coreCount: 64
    )
    return .measured(try #require(CaseSummary([round])))
  }

  /// A fast one of ours, and a RabbitMQ that lost three messages and failed in a case.
  private static func report() throws -> ComparisonReport {
    let ours = ServerIdentity([
      "product": .text("RabbitMQ"), "version": .text("3.10.8"),
      "platform": .text("Sluice (Swift)"),
    ])
    let rabbit = ServerIdentity(["product": .text("RabbitMQ"), "version": .text("3.10.8")])
    return ComparisonReport(
      settings: ComparisonSettings(seconds: 1, rounds: 1, queueType: .quorum),
      brokers: [
        BrokerReport(
          name: "embedded",
          address: "amqp://127.0.0.1:4000",
          identity: ours,
          process: .found(BrokerProcess(processIdentifier: 17, name: "sluice")),
          queueType: .classic,
          features: [
            BrokerReport.Feature(name: "quorum queues", finding: .works),
            BrokerReport.Feature(name: "stream queues", finding: .missing),
          ],
          cases: [
            .inMemory: try summary(152_340, isBound: true), .durable: try summary(61_000),
            .latency: try summary(1_000, latency: 310), .fanOut: try summary(300_000),
          ]
        ),
        BrokerReport(
          name: "rabbit",
          address: "amqp://10.0.0.1:5672",
          identity: rabbit,
          process: .unknown(reason: "not on this machine"),
          queueType: .quorum,
          features: [
            BrokerReport.Feature(name: "quorum queues", finding: .works),
            BrokerReport.Feature(name: "stream queues", finding: .works),
          ],
          cases: [
            .inMemory: try summary(31_000, flaws: Flaws(lost: 3)), .durable: try summary(60_000),
            .latency: try summary(1_000, latency: 1_240), .fanOut: .failed("it | went\u{7}away"),
          ]
        ),
      ]
    )
  }

  @Test func theTextFitsATerminal() throws {
    let lines = try Self.report().text(Self.machine)
    #expect(lines.filter { $0.count > 80 } == [])
    #expect(lines[0] == "Compared 2026-11-30 00:53 UTC, 2 cores, Linux 6.1.0")
  }

  @Test func eachFigureStandsInItsBrokersColumn() throws {
    let lines = try Self.report().text(Self.machine)
    func row(_ start: String, after heading: String) throws -> [Substring] {
      let from = try #require(lines.firstIndex(of: heading))
      let line = try #require(lines[from...].first { $0.hasPrefix("  \(start)") })
      return line.dropFirst(start.count + 2).split(separator: "  ").map { $0.drop { $0 == " " } }
    }
    #expect(try row("messages/s", after: "in memory") == ["at least 152 340", "31 000"])
    #expect(try row("messages ", after: "in memory") == ["all arrived once", "LOST 3"])
    #expect(try row("delivered p99, ms", after: "latency at 1000/s") == ["1.24", "4.96"])
    #expect(try row("confirmed p50, ms", after: "latency at 1000/s") == ["0.31", "1.24"])
    #expect(try row("deliveries/s", after: "fan-out to 5") == ["300 000", "failed"])
    #expect(try row("broker's CPU, s/million", after: "in memory") == ["2.00", "2.00"])
  }

  @Test func whatFailedAndWhatIsNotKnownIsSaid() throws {
    let text = try Self.report().text(Self.machine).joined(separator: "\n")
    #expect(text.contains("rabbit: fan-out to 5: failed: it | went"))
    #expect(text.contains("at least: our client, not the broker"))
    #expect(text.contains("rabbit: no CPU and memory: not on this machine."))
    #expect(text.contains("embedded: CPU and memory of sluice, process 17"))
  }

  @Test func whichToTakeFollowsFromWhatWasMeasured() throws {
    let lines = Selection(report: try Self.report()).lines
    #expect(lines.contains("rabbit did not deliver each message once: LOST 3"))
    #expect(
      lines.contains("most messages in memory: embedded, at least 152 340/s against 31 000/s")
    )
    let durable = try #require(lines.first { $0.hasPrefix("most durable") })
    #expect(durable.hasSuffix("no difference worth a choice (61 000/s and 60 000/s)"))
    #expect(lines.contains("shortest wait for a confirm (p99): embedded, 1.24 ms against 4.96 ms"))
    // A Sluice is one process, whatever its queues are called.
    #expect(
      lines.contains {
        $0.hasPrefix("must survive the loss of a machine") && $0.hasSuffix(": rabbit")
      }
    )
    #expect(lines.contains("only at rabbit: stream queues"))
    // A case that one of two failed decides nothing.
    #expect(!lines.contains { $0.hasPrefix("most deliveries in a fan-out") })
  }

  @Test func aClientThatWasTheLimitDecidesNothing() throws {
    var report = try Self.report()
    report.brokers[1].cases[.inMemory] = try Self.summary(31_000, isBound: true)
    let line = Selection(report: report).lines.first { $0.hasPrefix("most messages in memory") }
    #expect(try #require(line).contains("not decided: our client was the limit"))
  }

  @Test func theLastOfThreeMayBeTheFastestWhereOurClientWasTheLimit() throws {
    var report = try Self.report()
    report.brokers.append(report.brokers[1])
    report.brokers[1].cases[.inMemory] = try Self.summary(31_000)
    report.brokers[2].cases[.inMemory] = try Self.summary(20_000, isBound: true)
    let line = Selection(report: report).lines.first { $0.hasPrefix("most messages in memory") }
    #expect(try #require(line).contains("not decided: our client was the limit"))
  }

  @Test func aComparisonWithAFlawIsNotComplete() throws {
    var report = try Self.report()
    #expect(!report.isComplete)
    report.brokers[1].cases[.fanOut] = try Self.summary(1)
    #expect(!report.isComplete)
    report.brokers[1].cases[.inMemory] = try Self.summary(1)
    #expect(report.isComplete)
    report.leftovers = ["rabbit: sluice.compare.x"]
    #expect(!report.isComplete)
  }

  @Test func markdownObeysNobodyElse() throws {
    var report = try Self.report()
    report.brokers[1].cases[.inMemory] = .failed("a | b <i>*x*")
    let lines = report.markdown(Self.machine)
    #expect(lines.contains("|  | embedded | rabbit |"))
    #expect(lines.contains("| **in memory** |  |  |"))
    #expect(lines.contains("| messages/s | at least 152 340 | failed |"))
    #expect(lines.contains(#"- rabbit: in memory: failed: a \| b \<i\>\*x\*"#))
    let columns = lines.filter { $0.hasPrefix("|") }.map { $0.replacing(#"\|"#, with: "") }
    #expect(columns.allSatisfy { $0.count { $0 == "|" } == 4 })
  }

  @Test func jsonHasTheExactFigures() throws {
    let json = try Self.report().json(Self.machine)
    let parsed = try JSON(parsing: json.bytes)
    guard case .array(let brokers)? = parsed["brokers"] else {
      Issue.record("no brokers")
      return
    }
    let memory = brokers[0]["cases"]?["in_memory"]
    #expect(memory?["deliveries_per_s"]?.number == 152_340)
    #expect(memory?["is_client_bound"]?.boolean == true)
    #expect(brokers[1]["cases"]?["in_memory"]?["lost"]?.count == 3)
    #expect(brokers[1]["cases"]?["fan_out"]?["failed"]?.text == "it | went\u{7}away")
    #expect(brokers[1]["cases"]?["latency"]?["confirm_us"]?["p99"]?.number == 4_960)
    #expect(brokers[0]["features"]?["stream queues"]?.text == "no")
    #expect(parsed["is_complete"]?.boolean == false)
  }
}
