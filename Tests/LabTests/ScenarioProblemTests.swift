import Testing

@testable import Lab

/// Every mistake is one line that names the file, the line, the field and the mend: first of all at
/// the top and in the lesson.
@Suite struct ScenarioProblemTests {
  private static let theTopOfAFile = [
    ScenarioMistake(
      "name = \"shop\"\n",
      "",
      "1: name: is missing; write name = \"payment\""
    ),
    ScenarioMistake(
      "name = \"shop\"",
      "name = \"my shop\"",
      "1: name: must be 1 to 40 letters, digits and dashes; it is 'my shop'"
    ),
    ScenarioMistake(
      "name = \"shop\"",
      "name = \"\"",
      "1: name: must be 1 to 40 letters, digits and dashes; it is ''"
    ),
    ScenarioMistake(
      "name = \"shop\"",
      "name = 5",
      "1: name: must be a text; it is a whole number"
    ),
    ScenarioMistake(
      "title = { en",
      "title = { fr",
      "2: title.fr: no such field; there are en, zh"
    ),
    ScenarioMistake(
      "title = { en",
      "titel = { en",
      "2: titel: no such field; did you mean title?"
    ),
    ScenarioMistake(
      "title = { en = \"Shop\", zh = \"商店\" }",
      "title = { zh = \"商店\" }",
      "2: title.en: is missing; write en = \"…\""
    ),
    ScenarioMistake(
      "title = { en = \"Shop\"",
      "title = { en = 5",
      "2: title.en: must be a text; it is a whole number"
    ),
    ScenarioMistake(
      "title = { en = \"Shop\", zh = \"商店\" }",
      "title = true",
      "2: title: must be a section; it is true"
    ),
    ScenarioMistake(
      "title = { en = \"Shop\"",
      "title = { en = \"\(String(repeating: "x", count: 61))\"",
      "2: title.en: must have 1 to 60 characters; it has 61"
    ),
    ScenarioMistake(
      "about = \"A shop.\"\n",
      "",
      "1: about: is missing; write about = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "about = \"A shop.\"",
      "about = \"A \\u001b[2J shop.\"",
      "3: about: must be printable characters"
    ),
    ScenarioMistake(
      "about = \"A shop.\"",
      "about = \"\"",
      "3: about: must have 1 to 700 characters; it has 0"
    ),
    ScenarioMistake(
      "rate = 20",
      "rate = 0",
      "4: rate: must be 1 to 1000; it is 0"
    ),
    ScenarioMistake(
      "rate = 20",
      "rate = 2.5",
      "4: rate: must be a whole number; it is a date or a number with a fraction"
    ),
    ScenarioMistake(
      "rate = 20",
      "rate = \"20\"",
      "4: rate: must be a whole number; it is a text"
    ),
    ScenarioMistake(
      "rate = 20",
      "rate =",
      "4: this is no TOML: a value is missing"
    ),
    ScenarioMistake(
      "rate = 20",
      "rate = 20\nrate = 21",
      """
      5: this is no TOML: Error while parsing key-value pair: cannot redefine existing \
      integer 'rate'
      """
    ),
    ScenarioMistake(
      "peak = { factor = 10",
      "peak = { shape = \"stepp\", factor = 10",
      "5: peak.shape: there is no 'stepp'; did you mean step?"
    ),
    ScenarioMistake(
      "peak = { factor = 10",
      "peak = { factor = 1001",
      "5: peak.factor: must be 1 to 1000; it is 1001"
    ),
    ScenarioMistake(
      "peak = { factor = 10, seconds = 20 }",
      "peak = { shape = \"replay\" }",
      "5: peak.shape: a replay needs a recorded file; give it with --arrivals"
    ),
    ScenarioMistake(
      "peak = { factor",
      "peak = { shape = \"steady\", factor",
      "5: peak.factor: means nothing for steady; take it out"
    ),
    ScenarioMistake(
      "peak = { factor = 10, seconds = 20 }",
      "peak = 10",
      "5: peak: must be a section; it is a whole number"
    ),
    ScenarioMistake(
      "way_titles = { alternative",
      "way_titles = { alternativ",
      "6: way_titles.alternativ: no such field; did you mean alternative?"
    ),
    ScenarioMistake(
      "way_titles = { alternative = \"bounded\" }",
      "way_titles = { alternative = { zh = \"有界\" } }",
      "6: way_titles.alternative.en: is missing; write en = \"…\""
    ),
  ]

  @Test(arguments: theTopOfAFile)
  func aMistakeAtTheTopIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }

  private static let theLesson = [
    ScenarioMistake(
      "phase = \"calm\"\n",
      "",
      "100: step[1].phase: is missing; write phase = \"calm\""
    ),
    ScenarioMistake(
      "phase = \"calm\"",
      "phase = \"too calm\"",
      "101: step[1].phase: must be 1 to 40 letters, digits and dashes; it is 'too calm'"
    ),
    ScenarioMistake(
      "answer = \"b\"",
      "answer = \"c\"",
      "102: step[1].answer: must be the letter of an option, a, b; it is 'c'"
    ),
    ScenarioMistake(
      "answer = \"b\"",
      "answer = 2",
      "102: step[1].answer: must be a text; it is a whole number"
    ),
    ScenarioMistake(
      "answer = \"b\"\n",
      "",
      "100: step[1].answer: is missing; write answer = \"a\""
    ),
    ScenarioMistake(
      "title = \"Look\"\n",
      "",
      "100: step[1].title: is missing; write title = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "task = \"Do.\"",
      "taks = \"Do.\"",
      "104: step[1].taks: no such field; did you mean task?"
    ),
    ScenarioMistake(
      "question = \"What?\"\n",
      "",
      "100: step[1].question: is missing; write question = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "\"nothing\", { en = \"much\", zh = \"许多\" }",
      "\"nothing\"",
      "106: step[1].options: must have 2 to 4 answers; it has 1"
    ),
    ScenarioMistake(
      "\"nothing\", {",
      "\"a\", \"b\", \"c\", \"d\", {",
      "106: step[1].options: must have 2 to 4 answers; it has 5"
    ),
    ScenarioMistake(
      "\"nothing\", {",
      "\"\(String(repeating: "n", count: 121))\", {",
      "106: step[1].options[1].en: must have 1 to 120 characters; it has 121"
    ),
    ScenarioMistake(
      "en = \"much\", ",
      "",
      "106: step[1].options[2].en: is missing; write en = \"…\""
    ),
    ScenarioMistake(
      "options = [\"nothing\", { en = \"much\", zh = \"许多\" }]\n",
      "",
      "100: step[1].options: must have 2 to 4 answers; it has 0"
    ),
    ScenarioMistake(
      "caveat = \"But { and } stay.\"\n",
      "",
      "100: step[1].caveat: is missing; write caveat = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "{async.p95} ms\", zh",
      "{async.p59} ms\", zh",
      "107: step[1].reveal.en: nothing is measured as 'async.p59'; did you mean p50?"
    ),
    ScenarioMistake(
      "{async.p95} 毫秒",
      "{asinc.p95} 毫秒",
      "107: step[1].reveal.zh: nothing is measured as 'asinc.p95'; did you mean async?"
    ),
    ScenarioMistake(
      "{async.p95} ms\", zh",
      "{async.p95 ms\", zh",
      "107: step[1].reveal.en: has a place for a number that does not end; write {async.p95}"
    ),
    ScenarioMistake(
      "{async.p95} ms\", zh",
      "{clam.async.p95} ms\", zh",
      "107: step[1].reveal.en: nothing is measured as 'clam.async.p95'; did you mean calm?"
    ),
    ScenarioMistake(
      "{async.p95} ms\", zh",
      "{publishd} ms\", zh",
      "107: step[1].reveal.en: nothing is measured as 'publishd'; did you mean published?"
    ),
    ScenarioMistake(
      "\"nothing\", {",
      "\"{nothing}\", {",
      """
      106: step[1].options[1].en: nothing is measured as 'nothing'; there are published, \
      acked, waiting, dead, lost, repeated, doubled, load, remainder
      """
    ),
    ScenarioMistake(
      "caveat = \"But",
      "caveat = \"{mail.p50} But",
      """
      108: step[1].caveat: nothing is measured as 'mail.p50'; there are published, acked, \
      waiting, dead, lost, repeated, doubled, delay, delay95, drain
      """
    ),
    ScenarioMistake(
      "lost < 1",
      "lost = 1",
      """
      111: verdict[1].when: must compare numbers, 'sync.p95 > async.p95 * 2 and \
      async.failed < 1'
      """
    ),
    ScenarioMistake(
      "lost < 1",
      "los < 1",
      "111: verdict[1].when: nothing is measured as 'los'; did you mean lost?"
    ),
    ScenarioMistake(
      "when = \"calm.sync",
      "when = \"\(String(repeating: "x", count: 200))calm.sync",
      "111: verdict[1].when: must have at most 200 characters"
    ),
    ScenarioMistake(
      "text = \"{calm.delivery.delay95} ms\"\n",
      "",
      "110: verdict[1].text: is missing; write text = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "{calm.delivery.delay95}",
      "{calm.delivery.dely95}",
      """
      112: verdict[1].text: nothing is measured as 'calm.delivery.dely95'; did you mean \
      delay95?
      """
    ),
    ScenarioMistake(
      "when = \"calm.sync",
      "wen = \"calm.sync",
      "111: verdict[1].wen: no such field; did you mean when?"
    ),
  ]

  @Test(arguments: theLesson)
  func aMistakeInTheLessonIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }
}
