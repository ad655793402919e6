import Testing

@testable import Lab

/// So is every mistake in customers and queues.
@Suite struct ScenarioQueueProblemTests {
  private static let whoTheCustomersAre = [
    ScenarioMistake(
      "count = 100",
      "count = 0",
      "9: accounts.count: must be 1 to 1000000; it is 0"
    ),
    ScenarioMistake(
      "count = 100",
      "cuont = 100",
      "9: accounts.cuont: no such field; did you mean count?"
    ),
    ScenarioMistake(
      "dearest_cents = 9",
      "dearest_cents = 0",
      "11: accounts.dearest_cents: must be 1 to 1000000000; it is 0"
    ),
    ScenarioMistake(
      "cheapest_cents = 1",
      "cheapest_cents = 10",
      "11: accounts.dearest_cents: must not be less than cheapest_cents, 10; it is 9"
    ),
    ScenarioMistake(
      "risky = 10",
      "risky = 101",
      "14: traits.risky: must be 0 to 100; it is 101"
    ),
    ScenarioMistake(
      "risky = 10",
      "\"very risky\" = 10",
      "14: traits.very risky: a trait's name has letters, digits and dashes only"
    ),
    ScenarioMistake(
      "risky = 10\n",
      """
      t0 = 1\nt1 = 1\nt2 = 1\nt3 = 1\nt4 = 1\nt5 = 1\nt6 = 1\nt7 = 1\nt8 = 1\nt9 = 1\nt10 \
      = 1\n
      """,
      "13: traits: must have at most 10 traits; it has 11"
    ),
    ScenarioMistake(
      "trait = \"risky\"",
      "trait = \"riski\"",
      "17: knob.trait: there is no 'riski'; did you mean risky?"
    ),
    ScenarioMistake(
      "trait = \"risky\"",
      "copies = \"stock\"",
      "17: knob.copies: there is no 'stock'; there are delivery, mail"
    ),
    ScenarioMistake(
      "trait = \"risky\"",
      "trait = \"risky\"\ncopies = \"delivery\"",
      "16: knob: must have either trait or copies: what is turned"
    ),
    ScenarioMistake(
      "trait = \"risky\"\n",
      "",
      "16: knob: must have either trait or copies: what is turned"
    ),
    ScenarioMistake(
      "trait = \"risky\"",
      "copies = \"delivery\"",
      "17: knob.copies: delivery has 2 consumers; write consumers = 1"
    ),
    ScenarioMistake(
      "trait = \"risky\"\nlabel = { en = \"risky\", zh = \"有风险\" }\nvalues = [0, 10, 50]",
      "copies = \"mail\"\nlabel = \"mails\"\nvalues = [1, 2]",
      "68: service.mail.bind: is missing; copies need an exchange that sends to each of them"
    ),
    ScenarioMistake(
      "label = { en = \"risky\", zh = \"有风险\" }\n",
      "",
      "16: knob.label: is missing; write label = { en = \"…\", zh = \"…\" }"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = [0, 10, 101]",
      "19: knob.values[3]: must be 0 to 100; it is 101"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = [10, 0]",
      "19: knob.values: must be ascending"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = [0, 50]",
      "19: knob.values: must have 10 among them, what it stands at first"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = [10]",
      "19: knob.values: must have 2 to 40 elements; it has 1"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = [0, 10, \"50\"]",
      "19: knob.values[3]: must be a whole number; it is a text"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]\n",
      "",
      "16: knob.values: is missing; write values = [10, …]"
    ),
    ScenarioMistake(
      "values = [0, 10, 50]",
      "values = 10",
      "19: knob.values: must be a list; it is a whole number"
    ),
  ]

  @Test(arguments: whoTheCustomersAre)
  func aMistakeInTheCustomersIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }

  private static let queues = [
    ScenarioMistake(
      "queue = \"delivery\"\n",
      "",
      """
      56: service.delivery.bind: is for a service with a queue; write queue = "…" or take \
      it out
      """
    ),
    ScenarioMistake(
      "queue = \"delivery\"",
      "queue = \"mail\"",
      "71: service.mail.queue: there is mail already; take another name"
    ),
    ScenarioMistake(
      "queue = \"delivery\"",
      "queue = \"sync\"",
      "56: service.delivery.queue: there is sync already; take another name"
    ),
    ScenarioMistake(
      "queue = \"delivery\"",
      "queue = \"calm\"",
      """
      56: service.delivery.queue: there is a phase of that name; numbers need a name of \
      their own
      """
    ),
    ScenarioMistake(
      "bind = [{ exchange = \"orders\", key = \"order.*\" }]\n",
      "",
      """
      53: service.delivery.bind: is missing, and nobody publishes to delivery; write bind \
      = [{ exchange = "…", key = "…" }]
      """
    ),
    ScenarioMistake(
      "bind = [{ exchange = \"orders\"",
      "bind = [{ exchange = \"ordes\"",
      "57: service.delivery.bind[1].exchange: there is no 'ordes'; did you mean orders?"
    ),
    ScenarioMistake(
      "bind = [{ exchange = \"orders\", key",
      "bind = [{ key",
      "57: service.delivery.bind[1].exchange: is missing; write exchange = \"payments\""
    ),
    ScenarioMistake(
      "on_error = \"retry\"\n",
      "",
      "63: service.delivery.delivery_limit: counts retries; write on_error = \"retry\""
    ),
    ScenarioMistake(
      "prefetch = 6",
      "prefetch = 1001",
      "58: service.delivery.prefetch: must be 1 to 1000; it is 1001"
    ),
    ScenarioMistake(
      "consumers = 2",
      "consumers = 11",
      "59: service.delivery.consumers: must be 1 to 10; it is 11"
    ),
    ScenarioMistake(
      "consumers = 2",
      "consumers = 2\ncopies = 3",
      "59: service.delivery.consumers: must be 1 when there are copies; it is 2"
    ),
    ScenarioMistake(
      "auto_ack = true",
      "copies = 3",
      "68: service.mail.bind: is missing; copies need an exchange that sends to each of them"
    ),
    ScenarioMistake(
      "durable = false",
      "durable = \"no\"",
      "60: service.delivery.durable: must be true or false; it is a text"
    ),
    ScenarioMistake(
      "max_length = 200\n",
      "",
      "61: service.delivery.when_full: means nothing without max_length; write max_length = 200"
    ),
    ScenarioMistake(
      "when_full = \"drop-head\"",
      "when_full = \"drop\"",
      "62: service.delivery.when_full: there is no 'drop'; there are reject-publish, drop-head"
    ),
    ScenarioMistake(
      "on_error = \"retry\"",
      "on_error = \"retyr\"",
      "63: service.delivery.on_error: there is no 'retyr'; did you mean retry?"
    ),
    ScenarioMistake(
      "backoff_ms = 500\n",
      "",
      "62: service.delivery.on_error: retry waits for backoff_ms; write backoff_ms = 1000"
    ),
    ScenarioMistake(
      "delivery_limit = 5\n",
      "",
      "63: service.delivery.on_error: retry would go on for ever; write delivery_limit = 5"
    ),
    ScenarioMistake(
      "dead_letter = true\n",
      "",
      """
      64: service.delivery.delivery_limit: needs a place for what is given up; write \
      dead_letter = true
      """
    ),
    ScenarioMistake(
      "delivery_limit = 5",
      "delivery_limit = 0",
      "64: service.delivery.delivery_limit: must be 1 to 100; it is 0"
    ),
    ScenarioMistake(
      "consumers = 2",
      "copies = 2",
      """
      63: service.delivery.on_error: a retry cannot tell from which copy it came; write \
      on_error = "requeue"
      """
    ),
    ScenarioMistake(
      "auto_ack = true",
      "auto_ack = true\non_error = \"reject\"",
      """
      73: service.mail.on_error: means nothing with auto_ack: the broker has forgotten the \
      message
      """
    ),
  ]

  @Test(arguments: queues)
  func aMistakeInAQueueIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }
}
