import TOMLText
import TestSupport
import Testing

@testable import Lab

/// A text that anybody may have written never ends the program.
@Suite(.computing) struct ScenarioDamageTests {
  @Test func aTextThatIsTooLongIsRefused() {
    let text = ScenarioSample.text + String(repeating: "#", count: Limits.scenarioBytes)
    let bytes = text.utf8.count
    #expect(
      throws: ScenarioProblem(
        file: "a.toml",
        line: nil,
        field: nil,
        message: "a scenario has at most 65536 bytes; it has \(bytes)"
      )
    ) { try ScenarioReader.read(text, file: "a.toml") }
  }

  @Test(arguments: [
    ("service", "\n[[service]]\nname = \"s%\"\n", Limits.scenarioServices, 4),
    (
      "step",
      "\n[[step]]\nphase=\"p\"\nanswer=\"a\"\ntitle=\"t\"\ntask=\"t\"\nquestion=\"q\"\n"
        + "options=[\"a\",\"b\"]\nreveal=\"r\"\ncaveat=\"c\"\n",
      Limits.lessonSteps, 1
    ),
    ("at", "\n[[at]]\npercent = 1\nload = \"step\"\n", Limits.timelineEntries, 3),
    ("exchange", "\n[[exchange]]\nname = \"x%\"\ntype = \"fanout\"\n", Limits.scenarioExchanges, 1),
    ("verdict", "\n[[verdict]]\ntext = \"t\"\n", Limits.verdictLines, 1),
  ])
  func oneMoreThanTheMostIsRefused(section: String, part: String, most: Int, present: Int) throws {
    func text(count: Int) -> String {
      ScenarioSample.text
        + (present..<count).map { part.replacing("%", with: "\($0)") }.joined()
    }
    #expect(throws: Never.self) { try ScenarioReader.read(text(count: most), file: "a.toml") }
    let problem = #expect(throws: ScenarioProblem.self) {
      try ScenarioReader.read(text(count: most + 1), file: "a.toml")
    }
    #expect(problem?.field == section)
    #expect(problem?.message == "must have 0 to \(most) elements; it has \(most + 1)")
  }

  @Test func aProblemHasNothingThatATerminalObeys() {
    let problem = ScenarioProblem(
      file: "a\u{1B}[2J\n.toml",
      line: 3,
      field: "x\u{202E}y",
      message: "it is 'é\u{7}'"
    )
    #expect(problem.description == "a?[2J?.toml:3: x?y: it is 'é?'")
  }

  @Test(arguments: ["\u{FEFF}", "", "\u{0}", "a", "[[service]]", "service = [[]]", "step = 5"])
  func whatIsNoScenarioIsRefused(text: String) {
    #expect(throws: ScenarioProblem.self) { try ScenarioReader.read(text, file: "a.toml") }
  }

  /// What the reader makes of a text; nil for a scenario.
  private func problem(of bytes: [UInt8]) -> ScenarioProblem? {
    do throws(ScenarioProblem) {
      _ = try ScenarioReader.read(String(decoding: bytes, as: UTF8.self), file: "a.toml")
      return nil
    } catch {
      return error
    }
  }

  private func check(_ bytes: [UInt8], _ problem: ScenarioProblem, _ seed: UInt64) {
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    #expect((1...lines + 1).contains(problem.line ?? 1), "seed \(seed): \(problem)")
    #expect(!problem.description.contains("\n"), "seed \(seed): \(problem)")
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func damageIsReadOrRefusedWithALine(seed: UInt64) async {
    var random = Damage(seed: seed)
    let sample = Array(ScenarioSample.text.utf8)
    var refused = 0
    for _ in 0..<40 {
      await Task.yield()
      var bytes = sample
      for _ in 0..<random.next(below: 4) + 1 {
        let place = random.next(below: bytes.count)
        switch random.next(below: 4) {
        case 0: bytes[place] ^= 1 << random.next(below: 8)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(random.mark, at: place)
        case _: bytes.removeSubrange(place..<min(bytes.count, place + random.next(below: 40)))
        }
      }
      guard let problem = problem(of: bytes) else { continue }
      refused += 1
      check(bytes, problem, seed)
    }
    #expect(refused > 0)
  }

  @Test func everyBeginningIsReadOrRefusedWithALine() async {
    let sample = Array(ScenarioSample.text.utf8)
    for count in stride(from: 0, to: sample.count, by: 7) {
      await Task.yield()
      let bytes = Array(sample.prefix(count))
      guard let problem = problem(of: bytes) else { continue }
      check(bytes, problem, UInt64(count))
    }
  }

  /// Every line moved to every kind of value: wrong types in all places.
  @Test(arguments: ["5", "\"x\"", "true", "[]", "[5]", "{}", "{ a = 1 }", "1.5", "[[]]", "-1"])
  func aValueOfAnotherKindIsReadOrRefusedWithALine(value: String) {
    let lines = ScenarioSample.text.split(separator: "\n", omittingEmptySubsequences: false)
    var refused = 0
    for index in lines.indices {
      guard let equal = lines[index].firstIndex(of: "="), !lines[index].hasPrefix(" ") else {
        continue
      }
      var changed = lines.map(String.init)
      changed[index] = "\(lines[index][...equal]) \(value)"
      let bytes = Array(changed.joined(separator: "\n").utf8)
      guard let problem = problem(of: bytes) else { continue }
      refused += 1
      check(bytes, problem, UInt64(index))
    }
    #expect(refused > 0)
  }
}

/// Numbers that look random, the same for each seed.
private struct Damage {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  /// A byte that means something in a scenario file.
  var mark: UInt8 {
    mutating get {
      let marks = Array("[]{}=.,#\"'\\\n\r \t-:019aZ\u{1}é".utf8)
      return marks[next(below: marks.count)]
    }
  }
}
