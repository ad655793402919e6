import Testing

@testable import Lab

/// So is every mistake in the timeline and its phases.
@Suite struct ScenarioTimelineProblemTests {
  private static let theTimeline = [
    ScenarioMistake(
      "[[at]]\npercent = 20\n",
      "[[at]]\n",
      "75: at[1].percent: is missing; write percent = 20"
    ),
    ScenarioMistake(
      "[[at]]\npercent = 20",
      "[[at]]\npercent = 101",
      "76: at[1].percent: must be 0 to 100; it is 101"
    ),
    ScenarioMistake(
      "until = 40",
      "until = 20",
      "77: at[1].until: must be after percent, 20; it is 20"
    ),
    ScenarioMistake(
      "fault = \"error\"",
      "fault = \"eror\"",
      "78: at[1].fault: there is no 'eror'; did you mean error?"
    ),
    ScenarioMistake(
      "fault = \"error\"\n",
      "",
      "75: at[1]: must have one of fault, load and join; it has 0"
    ),
    ScenarioMistake(
      "fault = \"error\"",
      "fault = \"error\"\njoin = \"mail\"",
      "75: at[1]: must have one of fault, load and join; it has 2"
    ),
    ScenarioMistake(
      "service = \"delivery\"\namount",
      "service = \"deliveri\"\namount",
      "79: at[1].service: there is no 'deliveri'; did you mean delivery?"
    ),
    ScenarioMistake(
      "service = \"delivery\"\namount",
      "amount",
      "75: at[1].service: is missing; write service = \"points\""
    ),
    ScenarioMistake(
      "amount = 30",
      "amount = 101",
      "80: at[1].amount: must be 1 to 100; it is 101"
    ),
    ScenarioMistake(
      "probability = 50",
      "probability = 0",
      "81: at[1].probability: must be 1 to 100; it is 0"
    ),
    ScenarioMistake(
      "count = 7",
      "count = 0",
      "82: at[1].count: must be 1 to 1000000; it is 0"
    ),
    ScenarioMistake(
      "seed = 3",
      "seed = -1",
      "83: at[1].seed: must be 0 to 4294967295; it is -1"
    ),
    ScenarioMistake(
      "fault = \"error\"",
      "fault = \"hang\"",
      "80: at[1].amount: means nothing for hang; take it out"
    ),
    ScenarioMistake(
      "fault = \"error\"\nservice = \"delivery\"\namount = 30",
      "fault = \"hang\"\nservice = \"delivery\"",
      "80: at[1].probability: means nothing for hang; take it out"
    ),
    ScenarioMistake(
      """
      fault = "error"\nservice = "delivery"\namount = 30\nprobability = 50\ncount = \
      7\nseed = 3
      """,
      "fault = \"drop\"\nservice = \"delivery\"",
      "77: at[1].until: means nothing: drop is over at once"
    ),
    ScenarioMistake(
      """
      fault = "error"\nservice = "delivery"\namount = 30\nprobability = 50\ncount = \
      7\nseed = 3
      """,
      "fault = \"unbind\"\nservice = \"stock\"",
      "79: at[1].service: unbind is for a service with a queue"
    ),
    ScenarioMistake(
      "fault = \"error\"\nservice = \"delivery\"",
      "fault = \"wrong-key\"\nservice = \"stock\"",
      "79: at[1].service: wrong-key is for a service that publishes"
    ),
    ScenarioMistake(
      "fault = \"error\"\nservice = \"delivery\"",
      "fault = \"memory-alarm\"\nservice = \"delivery\"",
      "79: at[1].service: memory-alarm is the broker's; take the service out"
    ),
    ScenarioMistake(
      "load = \"step\"",
      "load = \"stpe\"",
      "88: at[2].load: there is no 'stpe'; did you mean step?"
    ),
    ScenarioMistake(
      "load = \"step\"",
      "load = \"steady\"",
      "89: at[2].factor: means nothing for steady; take it out"
    ),
    ScenarioMistake(
      "factor = 5",
      "amount = 5",
      "89: at[2].amount: no such field; there are percent, until, load, factor, seconds"
    ),
    ScenarioMistake(
      "join = \"mail\"",
      "join = \"delivery\"",
      "93: at[3].join: there is no 'delivery'; there is mail"
    ),
    ScenarioMistake(
      "join = \"mail\"",
      "join = \"mail\"\nuntil = 80",
      "94: at[3].until: means nothing for join; take it out"
    ),
    ScenarioMistake(
      "name = \"calm\"\n",
      "",
      "95: phase[1].name: is missing; write name = \"calm\""
    ),
    ScenarioMistake(
      "from = 5\n",
      "",
      "95: phase.calm.from: is missing; write from = 5"
    ),
    ScenarioMistake(
      "until = 20\n",
      "",
      "95: phase.calm.until: is missing; write until = 20"
    ),
    ScenarioMistake(
      "from = 5",
      "from = 20",
      "98: phase.calm.until: must be after from, 20; it is 20"
    ),
    ScenarioMistake(
      "[[step]]",
      "[[phase]]\nname = \"late\"\nfrom = 19\nuntil = 30\n\n[[step]]",
      "102: phase.late.from: must not be before the end of calm, 20; it is 19"
    ),
    ScenarioMistake(
      "[[step]]",
      "[[phase]]\nname = \"calm\"\nfrom = 20\nuntil = 30\n\n[[step]]",
      "101: phase.calm.name: there is a phase of that name already; take another one"
    ),
  ]

  @Test(arguments: theTimeline)
  func aMistakeInTheTimelineIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }
}
