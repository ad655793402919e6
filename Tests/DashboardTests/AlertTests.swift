import Canvas
import Dashboard
import Diagnosis
import JSONText
import Telemetry
import Testing

/// What newly goes wrong is told once, and only to who wants to know.
@Suite struct AlertTests {
  /// What is asked of the outside while a world goes on.
  private func effects(
    _ model: inout Model,
    _ world: SampleWorld,
    from start: Double,
    to end: Double
  ) -> [Effect] {
    var effects: [Effect] = []
    for step in 0...Int((end - start) * 2) {
      let seconds = start + Double(step) / 2
      effects += update(&model, .snapshot(world.broker(at: seconds)))
    }
    return effects
  }

  private func model(_ alerts: Alerts) -> Model {
    Model(
      size: Size(columns: 120, rows: 36),
      options: ViewOptions(hasLab: false, alerts: alerts)
    )
  }

  private func subjects(_ effects: [Effect]) -> [String] {
    effects.compactMap { effect in
      guard case .alert(let record) = effect,
        case .fields(let subject)? = record["subject"],
        case .text(let name)? = subject.first(where: { $0.name == "name" })?.value
      else { return nil }
      return name
    }
  }

  @Test func aCriticalFindingIsToldOnceWhileItLasts() {
    var model = model([.command])
    #expect(effects(&model, .payment, from: 0, to: 10).allSatisfy { !isAlert($0) })
    let told = subjects(effects(&model, .trouble, from: 10.5, to: 100))
    #expect(told.sorted() == ["audit", "billing"])
  }

  @Test func oneThatComesBackWithinAMinuteIsNoNews() {
    var model = model([.command])
    #expect(subjects(effects(&model, .trouble, from: 0, to: 10)).count == 2)
    #expect(effects(&model, .payment, from: 10.5, to: 65).allSatisfy { !isAlert($0) })
    #expect(subjects(effects(&model, .trouble, from: 65.5, to: 75)) == [])
    #expect(effects(&model, .payment, from: 75.5, to: 140).allSatisfy { !isAlert($0) })
    #expect(subjects(effects(&model, .trouble, from: 140.5, to: 150)).count == 2)
  }

  @Test func theBellRingsOnceForAllOfASnapshot() {
    var model = model([.bell])
    let told = effects(&model, .trouble, from: 0, to: 20)
    #expect(told.filter { $0 == .bell }.count == 1)
    #expect(subjects(told) == [])
  }

  @Test func nobodyIsToldUnasked() {
    var model = model([])
    #expect(effects(&model, .trouble, from: 0, to: 20).allSatisfy { !isAlert($0) })
  }

  @Test func warningsAreNoAlerts() {
    var watch = AlertWatch()
    let warning = Finding(
      rule: .backlog,
      subject: .queue(QueueIdentity(virtualHost: "/", name: "orders")),
      triage: .load,
      text: "grows"
    )
    #expect(watch.news(in: [warning], at: .zero) == [])
  }

  @Test func theCommandGetsTheFindingAsJSON() throws {
    var model = model([.command])
    let first = effects(&model, .trouble, from: 0, to: 20).first(where: isAlert)
    guard case .alert(let record)? = first else {
      Issue.record("there is no alert")
      return
    }
    let json = record.json
    #expect(json["rule"]?.text == "no-consumer")
    #expect(json["severity"]?.text == "critical")
    #expect(json["subject"]?["queue"]?.text != nil)
    #expect(json["since"]?.integer != nil)
    guard case .object(let members) = json else {
      Issue.record("it is no object")
      return
    }
    #expect(members.map(\.name) == record.fields.map(\.name))
  }

  private func isAlert(_ effect: Effect) -> Bool {
    if case .alert = effect { return true }
    return effect == .bell
  }
}
