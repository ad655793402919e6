import Telemetry
import Testing

struct LabTextsTests {
  private let values: [String: Double] = [
    "sync.p50": 302.4, "async.p50": 102, "calm.async.p95": 17.25, "broker-down.lost": 3,
    "lost": 0, "broken": .nan,
  ]

  @Test func placesAreFilled() {
    let text = LabMeasurements.fill(
      "A {sync.p50} ms, B {async.p50} ms, calm {calm.async.p95}, lost {broker-down.lost}.",
      with: values
    )
    #expect(text == "A 302 ms, B 102 ms, calm 17.3, lost 3.")
  }

  @Test func whatWasNotMeasuredIsADash() {
    #expect(LabMeasurements.fill("{nobody} and {broken}", with: values) == "- and -")
  }

  @Test(arguments: [
    "{", "}", "{}", "a { b } c", "{sync.p50", "{{", "{付款}", "", "{a b}",
  ])
  func bracesAroundAnythingElseStay(text: String) {
    #expect(LabMeasurements.fill(text, with: values) == text)
    #expect(LabMeasurements.names(in: text).isEmpty)
  }

  @Test func aBraceBeforeAPlaceStays() {
    #expect(LabMeasurements.fill("{{lost}}", with: values) == "{0}")
  }

  @Test func chineseTextKeepsItsPlaces() {
    #expect(LabMeasurements.fill("同步：{sync.p50} 毫秒", with: values) == "同步：302 毫秒")
  }

  @Test func namesAreThoseOfThePlaces() {
    let names = LabMeasurements.names(in: "{lost} of {calm.async.p95}, { no }, {lost}")
    #expect(names == ["lost", "calm.async.p95", "lost"])
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (0.04, "0"), (-0.04, "0"), (0.05, "0.1"), (7, "7"), (99.9, "99.9"),
    (99.96, "100"), (100, "100"), (100.5, "101"), (999.6, "1 000"), (1_234.4, "1 234"),
    (-12_034, "-12 034"), (-2.5, "-2.5"),
    (-99.96, "-100"), (-150.6, "-151"), (.nan, "-"), (.infinity, "-"), (-.infinity, "-"),
    (1e300, "-"), (123_456_789_012, "123 456 789 012"),
  ])
  func numbersAreRoundedForPeople(value: Double, text: String) {
    #expect(LabMeasurements.format(value) == text)
  }

  @Test(arguments: [
    ("sync.p50 > async.p50", true),
    ("sync.p50 < async.p50", false),
    ("sync.p50 >= async.p50 * 2.9", true),
    ("sync.p50 >= async.p50 * 3", false),
    ("async.p50 * 3 > sync.p50", true),
    ("async.p50 <= 102", true),
    ("async.p50<102", false),
    ("lost == 0", true),
    ("lost > -1", true),
    ("50 < async.p50", true),
    ("lost == 0 and sync.p50 > async.p50", true),
    ("lost == 0 and sync.p50 > async.p50 and lost > 1", false),
    ("  lost   ==   0  ", true),
  ])
  func conditionsHoldOrNot(condition: String, holds: Bool) {
    #expect(LabMeasurements.isCondition(condition))
    #expect(LabMeasurements.holds(condition, with: values) == holds)
  }

  @Test(arguments: [
    "nobody > 1", "lost == 1 and nobody > 1", "lost < nobody * 2", "broken < 1",
    "sync.p50 > nan",
  ])
  func aConditionOverWhatWasNotMeasuredIsNeitherTrueNorFalse(condition: String) {
    #expect(LabMeasurements.isCondition(condition))
    #expect(LabMeasurements.holds(condition, with: values) == nil)
  }

  @Test(arguments: [
    "", "lost", "lost >", "> lost", "lost = 0", "lost != 0", "lost > 1 and", "and lost > 1",
    "lost > 1 or lost < 2", "lost > 2 * lost", "lost > lost * lost", "lost > 1 > 0", "lost > 1.2.3",
    "lost > 2x", "lost > (1)", "lost > 1\n", "lost >> 1", "{lost} > 1", "- > 1", "付款 > 1",
  ])
  func anythingElseIsNoCondition(text: String) {
    #expect(!LabMeasurements.isCondition(text))
    #expect(LabMeasurements.holds(text, with: values) == nil)
    #expect(LabMeasurements.names(inCondition: text).isEmpty)
  }

  @Test func namesOfAConditionAreThoseThatItCompares() {
    let names = LabMeasurements.names(inCondition: "sync.p50 > async.p50 * 2 and lost == 0")
    #expect(names == ["sync.p50", "async.p50", "lost"])
  }
}
