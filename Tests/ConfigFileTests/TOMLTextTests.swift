import TOMLText
import TestSupport
import Testing

/// A text that anybody may have written never ends the program, though the parser asserts.
@Suite struct TOMLTextTests {
  @Test(arguments: [
    ("[.a]", 1), ("\n[=]", 2), ("[]\n", 1), ("[[ .a]]", 1), ("[é]", 1), ("[#]", 1),
    ("a = [}]", 1), ("a = [\n1, }]", 2), ("a = { b = [ } ] }", 1),
    ("a = 2020-01-01 1", 1), ("a = [2020-01-01 1, 2]", 1), ("a = 2020-01-01 1 ", 1),
    ("a = 1 2", 1), ("a = [\u{2028}]", 1), ("a = \u{B}", 1), ("a = ", 1), ("a", 1), ("= 1", 1),
    ("\n\nb = \"x", 3), ("b = \"x\nc = 'y'", 1),
    ("a = { b }", 1), ("a = { é = 1 }", 1), ("a = 1\na = 2", 2), ("a = \"\\q\"", 1), ("a\u{0}", 1),
    ("a = \(String(repeating: "[", count: 60_000))", 1),
    ("a = \(String(repeating: "{a=", count: 20_000))", 1),
  ])
  func whatIsNoTomlIsRefusedWithItsLine(text: String, line: Int) {
    #expect(throws: TOMLMistake.self) { try TOMLNode.parse(text) }
    do {
      _ = try TOMLNode.parse(text)
    } catch {
      #expect(error.line == line, "\(error.problem)")
      #expect(!error.problem.isEmpty)
    }
  }

  @Test func everyKindOfValueIsRead() throws {
    let text = """
      text = "a\\"b" # c
      'literal' = 'c:\\d'
      long = \"""
      x = [
      \"""\"
      integer = -1_000
      hexadecimal = 0xff
      fraction = 1.5e3
      infinite = -inf
      yes = true
      date = 1979-05-27 07:32:00Z
      dates = [ 1979-05-27, 1979-05-27T07:32:00 , # d
        1979-05-27 07:32:00 ]
      list = [ "a", [ 1, 2 ], { b = 1 }, ]
      table = { a.b = 1, c = { } }
      [ one . "two" ]
      d.e = 1
      [[many]]
      x = 1
      [[many]]
      x = 2
      """
    let root = try TOMLNode.parse(text)
    #expect(root["text"] == .string("a\"b"))
    #expect(root["literal"] == .string("c:\\d"))
    #expect(root["long"] == .string("x = [\n\""))
    #expect(root["integer"] == .integer(-1_000))
    #expect(root["hexadecimal"] == .integer(255))
    #expect(root["fraction"] == .other && root["infinite"] == .other && root["date"] == .other)
    #expect(root["yes"] == .boolean(true))
    #expect(root["dates"] == .array([.other, .other, .other]))
    #expect(
      root["list"]
        == .array([.string("a"), .array([.integer(1), .integer(2)]), .table(["b": .integer(1)])])
    )
    #expect(root["table"] == .table(["a": .table(["b": .integer(1)]), "c": .table([:])]))
    #expect(root["one"] == .table(["two": .table(["d": .table(["e": .integer(1)])])]))
    #expect(root["many"] == .array([.table(["x": .integer(1)]), .table(["x": .integer(2)])]))
    let outline = TOMLOutline(Array(text.utf8))
    #expect(outline.line(of: ["text"]) == 1)
    #expect(outline.line(of: ["integer"]) == 6)
    #expect(outline.line(of: ["list"]) == 14)
    #expect(outline.line(of: ["table", "c"]) == 15)
    #expect(outline.line(of: ["one", "two"]) == 16)
    #expect(outline.line(of: ["one", "two", "d", "e"]) == 17)
    #expect(outline.line(of: ["one", "two", "none"]) == 16)
    #expect(outline.line(of: ["none"]) == 1)
  }

  @Test func everyElementOfAListIsFoundWithItsLine() throws {
    let text = """
      list = [ "a",
        "b", # c
        { d = 1 } ]
      empty = [ ]
      [[many]]
      x = 1
      [many.inner]
      y = 1
      [[many.deep]]
      z = 1
      [[many.deep]]
      z = 2
      [other]
      w = 1
      [[many]]
      deep = [
        { z = 3 },
        { z = 4 },
      ]
      """
    #expect(try TOMLNode.parse(text)["empty"] == .array([]))
    let outline = TOMLOutline(Array(text.utf8))
    let many = TOMLPlace.key("many")
    let deep = TOMLPlace.key("deep")
    let places: [([TOMLPlace], Int)] = [
      ([.key("list"), .element(0)], 1), ([.key("list"), .element(1)], 2),
      ([.key("list"), .element(2), .key("d")], 3), ([.key("list"), .element(3)], 1),
      ([.key("empty"), .element(0)], 4), ([many], 5), ([many, .element(0)], 5),
      ([many, .element(0), .key("x")], 6), ([many, .element(0), .key("inner"), .key("y")], 8),
      ([many, .element(0), deep, .element(0), .key("z")], 10),
      ([many, .element(0), deep, .element(1)], 11),
      ([many, .element(0), deep, .element(1), .key("z")], 12),
      ([many, .element(0), deep, .element(2)], 9), ([many, .element(0), .key("none")], 5),
      ([many, .element(1)], 15), ([many, .element(1), .key("x")], 15),
      ([many, .element(1), deep, .element(1), .key("z")], 18), ([many, .element(2)], 5),
      ([.key("other"), .key("w")], 14), ([.key("none"), .element(0)], 1), ([], 1),
    ]
    for (place, line) in places {
      #expect(outline.line(of: place) == line, "\(place)")
    }
  }

  private static let seeds = [
    "a = 1\n", "[a.b]\nc = \"x\" # d\n", "a = [1, [2, \"3\"], {b = 'c'}]\n",
    "a.b = { c.d = true }\n",
    "a = 1979-05-27 07:32:00Z\nb = [1979-05-27, 07:32:00]\n",
    "a = \"\"\"\nb\n\"\"\"\n[[c]]\nd = -1.5e3\n",
    "a = 0x1f\nb = +0.5\nc = inf\nd = -nan\n",
  ]

  @Test(arguments: seeds)
  func damageIsReadOrRefused(seed: String) {
    var random = SplitMix(seed: 3)
    let marks = Array("[]{}=.,#\"'\\\n\r \t_-+:019aeTZxbopinf\u{1}é\u{2028}".unicodeScalars)
    var read = 0
    for _ in 0..<2_000 {
      var scalars = Array(seed.unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let mark = marks[Int.random(in: 0..<marks.count, using: &random)]
        let place = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars.insert(mark, at: place)
        case 1: scalars[place] = mark
        default: if scalars.count > 1 { scalars.remove(at: place) }
        }
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      do throws(TOMLMistake) {
        _ = try TOMLNode.parse(text)
        read += 1
      } catch {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        #expect((1...lines + 1).contains(error.line ?? 1), "\(text.debugDescription)")
      }
    }
    #expect(read > 0)
  }
}
