import Foundation
import Telemetry
import Testing

@testable import Lab

/// The scenarios that come with the program.
@Suite struct ScenarioCatalogTests {
  /// The text of a shipped file as it lies in the source folder.
  private func source(of name: String) throws -> String {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = "Sources/Lab/Scenarios/\(name).toml"
    return try String(contentsOf: package.appending(path: path), encoding: .utf8)
  }

  private func scenario(_ name: String) throws -> Scenario {
    let text = try #require(ScenarioCatalog.text(named: name))
    return try ScenarioReader.read(text, file: name)
  }

  @Test(arguments: ScenarioCatalog.names)
  func everyShippedFileHasNoProblem(name: String) throws {
    let scenario = try scenario(name)
    #expect(scenario.name == name)
    #expect(ScenarioCatalog.shipped(named: name) == scenario)
    #expect(try scenario.text == source(of: name))
  }

  @Test func aNameThatNoneHasIsNil() {
    #expect(ScenarioCatalog.text(named: "paymen") == nil)
    #expect(ScenarioCatalog.shipped(named: "") == nil)
  }

  @Test func noFileIsLeftOut() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/Lab/Scenarios")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(Set(files) == Set(ScenarioCatalog.names.map { "\($0).toml" }))
  }

  @Test func onlyScenariosWithAThirdWayHaveOne() throws {
    let names = try ScenarioCatalog.names.filter { try scenario($0).ways.contains(.alternative) }
    #expect(names == ["shop-peak", "unreliable-downstream", "broker-down"])
  }

  @Test(arguments: ScenarioCatalog.names)
  func everyScenarioTeaches(name: String) throws {
    let scenario = try scenario(name)
    #expect((3...6).contains(scenario.steps.count))
    #expect((6...10).contains(scenario.verdict.count))
    #expect(scenario.phases.count >= 3)
    let phases = Set(scenario.phases.map(\.name))
    #expect(scenario.steps.count { phases.contains($0.phase) } >= 3)
    // The right answer is not always the same letter.
    #expect(Set(scenario.steps.map(\.answer)).count > 1)
    for step in scenario.steps {
      #expect(!LabMeasurements.names(in: step.reveal.english).isEmpty, "\(step.title)")
    }
    // What should be called now and what should not is said without a condition.
    let always = scenario.verdict.filter { $0.condition == nil }.map(\.text.english)
    #expect(always.contains { $0.hasPrefix("Must stay synchronous: ") })
    #expect(always.contains { $0.hasPrefix("Should be asynchronous: ") })
  }

  @Test(arguments: ScenarioCatalog.names)
  func bothLanguagesSayTheSameNumbers(name: String) throws {
    let scenario = try scenario(name)
    let texts =
      scenario.steps.flatMap {
        [$0.title, $0.task, $0.question, $0.reveal, $0.caveat] + $0.options
      }
      + scenario.verdict.map(\.text)
    for text in texts {
      #expect(
        LabMeasurements.names(in: text.english).sorted()
          == LabMeasurements.names(in: text.chinese).sorted(),
        "\(text.english)"
      )
    }
    for text in texts + [scenario.title, scenario.about] where text.english.count > 1 {
      #expect(text.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }
  }

  @Test(arguments: ScenarioCatalog.names)
  func aLineOfTheVerdictWithoutAConditionNeedsNoPhase(name: String) throws {
    let scenario = try scenario(name)
    let phases = Set(scenario.phases.map(\.name) + scenario.steps.map(\.phase))
    for line in scenario.verdict {
      let names = LabMeasurements.names(in: line.text.english)
      let used = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) })
        .intersection(phases)
      let known = Set(
        LabMeasurements.names(inCondition: line.condition ?? "")
          .compactMap { $0.split(separator: ".").first.map(String.init) }
      )
      // A number of a phase that did not happen would print as a dash.
      #expect(used.isSubset(of: known.union(known.isEmpty ? [] : ["calm"])), "\(line.text.english)")
    }
  }

  @Test(arguments: ScenarioCatalog.names)
  func everyTextFitsOnTheScreen(name: String) throws {
    let scenario = try scenario(name)
    // Chinese characters are two columns wide.
    for line in scenario.verdict.map(\.text) + scenario.steps.map(\.reveal) {
      #expect(line.english.count <= 480, "\(line.english)")
      #expect(line.chinese.count <= 240, "\(line.chinese)")
    }
  }

  @Test func thePaymentScenarioIsTheWellKnownOne() throws {
    let payment = try scenario("payment")
    #expect(payment.perSecond == 5)
    #expect(payment.accounts == AccountPlan())
    #expect(payment.exchanges == [ExchangePlan(name: "payments", type: "topic")])
    #expect(
      payment.services.map(\.name)
        == ["payment", "user", "status", "trade", "notification", "points", "coupon"]
    )
    #expect(payment.entry.calls[.asynchronous]?.map(\.service) == ["user", "status"])
    #expect(
      payment.entry.publishes
        == [.asynchronous: [PublishPlan(exchange: "payments", key: "payment.succeeded")]]
    )
    for name in ["trade", "notification", "points"] {
      let binding = QueuePlan.Binding(exchange: "payments", key: "payment.succeeded")
      #expect(
        payment.service(named: name)?.queue
          == QueuePlan(name: name, bindings: [binding], prefetch: 5)
      )
    }
  }
}
