import Foundation
import Telemetry
import Testing

@testable import Lab

/// What the documentation says about scenario files is what the reader does.
@Suite struct ScenarioPageTests {
  private let page: String

  init() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    page = try String(
      contentsOf: package.appending(path: "Sources/sluice/Documentation.docc/Scenarios.md"),
      encoding: .utf8
    )
  }

  /// The rows of the tables below a heading, cell by cell.
  private func rows(below heading: String) throws -> [[String]] {
    let sections = page.components(separatedBy: "\n## ")
    let section = try #require(
      sections.first { $0.lowercased().hasPrefix(heading + "\n") },
      "no heading '\(heading)'"
    )
    return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.dropFirst().dropLast().components(separatedBy: "|")
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private func names(below heading: String) throws -> [String] {
    try rows(below: heading).map { $0[0].replacing("`", with: "") }
  }

  @Test func everyFieldIsOnThePageInItsSection() throws {
    for section in ScenarioKeys.sections {
      #expect(try names(below: section.name) == section.keys, "\(section.name)")
    }
  }

  @Test func everyFaultIsOnThePageWithItsAmounts() throws {
    let wanted = FaultKind.allCases.map { kind in
      let amounts = kind.amounts
      let amount = kind.unit.map { "\(amounts.lowerBound) to \(amounts.upperBound) \($0)" } ?? ""
      return ["`\(kind.rawValue)`", kind.target.rawValue, amount]
    }
    #expect(try rows(below: "faults").map { Array($0.prefix(3)) } == wanted)
  }

  @Test func everyLoadShapeThatAFileMayHaveIsOnThePage() throws {
    let shapes = LoadShapeKind.allCases.filter { $0 != .replay }
    #expect(try names(below: "load shapes") == shapes.map(\.rawValue))
  }

  @Test func everyMeasuredNumberIsOnThePage() throws {
    #expect(
      try names(below: "measured numbers") == ScenarioMeasure.ofWay + ScenarioMeasure.ofQueue
    )
    let section = try #require(page.components(separatedBy: "\n## ").last)
    let alone = try #require(section.components(separatedBy: "\nAlone").last)
    for name in ScenarioMeasure.ofAll { #expect(alone.contains("`\(name)`"), "\(name)") }
  }

  /// The ranges of fields as the page has them, against those of the reader.
  @Test(arguments: [
    ("top level", "rate", Limits.rates), ("peak", "factor", Limits.shapeFactors),
    ("peak", "seconds", Limits.shapeSeconds), ("accounts", "count", Limits.accountCounts),
    ("accounts", "balance_cents", Limits.accountCents),
    ("accounts", "poor_percent", Limits.percentages),
    ("accounts", "cheapest_cents", Limits.priceCents),
    ("service", "work_ms", Limits.workMilliseconds),
    ("service", "work_spread_percent", Limits.percentages),
    ("service", "error_percent", Limits.percentages),
    ("service", "hop_ms", Limits.workMilliseconds), ("service", "pool", Limits.poolPlaces),
    ("service", "timeout_ms", Limits.timeoutMilliseconds),
    ("service", "retries", Limits.retryCounts), ("service", "backoff_ms", Limits.workMilliseconds),
    ("service", "prefetch", Limits.prefetchCounts), ("service", "consumers", Limits.consumerCounts),
    ("service", "copies", Limits.copyCounts), ("service", "max_length", Limits.queueLengths),
    ("service", "delivery_limit", Limits.deliveryLimits),
    ("service", "ack_delay_ms", Limits.workMilliseconds), ("at", "percent", Limits.percentages),
    ("at", "until", Limits.percentages), ("at", "probability", Limits.shares),
    ("at", "count", Limits.faultCounts), ("at", "seed", Limits.faultSeeds),
    ("phase", "from", Limits.percentages), ("phase", "until", Limits.percentages),
  ])
  func everyRangeIsThatOfTheReader(section: String, field: String, range: ClosedRange<Int>) throws {
    let row = try #require(try rows(below: section).first { $0[0] == "`\(field)`" })
    #expect(row[1] == "\(range.lowerBound) to \(range.upperBound)")
  }

  @Test func theLimitsAreThoseOfTheReader() {
    let text = page.replacing("\n", with: " ")
    #expect(
      text.contains(
        """
        at most \(Limits.scenarioBytes / 1024) KiB, \(Limits.scenarioServices) services, \
        \(Limits.scenarioExchanges) exchanges, \(Limits.scenarioPhases) phases, \
        \(Limits.timelineEntries) entries of the timeline, \(Limits.lessonSteps) steps and \
        \(Limits.verdictLines) lines of verdict
        """
      )
    )
    #expect(
      text.contains(
        """
        \(Limits.textCharacters) characters at most, \(Limits.titleCharacters) in a title, \
        \(Limits.labelCharacters) in a label, \(Limits.optionCharacters) in an option
        """
      )
    )
  }

  @Test func theExampleIsAScenarioAndItsMistakesAreTheReaders() throws {
    let match = try #require(page.firstMatch(of: /```toml\n((?:.|\n)*?)```/))
    let example = String(match.1)
    #expect(throws: Never.self) { try ScenarioReader.read(example, file: "my.toml") }
    let mistakes = [("work_ms = 30", "work_ms = -5"), ("\"barista\"]", "\"barrista\"]")]
    for (old, new) in mistakes {
      let text = example.replacing(old, with: new, maxReplacements: 1)
      let problem = #expect(throws: ScenarioProblem.self) {
        try ScenarioReader.read(text, file: "my.toml")
      }
      let line = try #require(problem?.description)
      #expect(page.contains("\n\(line)\n"), "\(line)")
    }
  }

  /// The defaults on the page are those of a service that says nothing.
  @Test func theDefaultsAreThoseOfTheReader() throws {
    let plan = ServicePlan(name: "a")
    let queue = QueuePlan(name: "a", bindings: [])
    let defaults: [String: String] = [
      "work_ms": "\(plan.work.meanMilliseconds)",
      "work_spread_percent": "\(plan.work.spreadPercent)",
      "work_distribution": "`\(plan.work.distribution.rawValue)`",
      "error_percent": "\(plan.work.errorPercent)", "hop_ms": "\(plan.hopMilliseconds)",
      "pool": "\(plan.pool)", "timeout_ms": "\(plan.timeoutMilliseconds)",
      "retries": "\(plan.retries)", "backoff_ms": "\(plan.backoffMilliseconds)",
      "prefetch": "\(queue.prefetch)", "consumers": "\(queue.consumers)",
      "copies": "\(queue.copies)", "durable": "\(queue.isDurable)",
      "on_error": "`\(queue.onError.rawValue)`", "dead_letter": "\(queue.hasDeadLetters)",
      "idempotent": "\(queue.isIdempotent)", "auto_ack": "\(queue.isAutoAcknowledged)",
      "counts_replies": "\(queue.isCountingReplies)", "deducts": "\(plan.isDeducting)",
      "entry": "\(plan.isEntry)", "optional": "\(plan.isOptional)",
    ]
    let rows = try rows(below: "service")
    for (field, value) in defaults {
      #expect(rows.first { $0[0] == "`\(field)`" }?[2] == value, "\(field)")
    }
  }
}
