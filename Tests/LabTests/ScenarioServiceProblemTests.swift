import Testing

@testable import Lab

/// So is every mistake in a service and in what it calls and publishes.
@Suite struct ScenarioServiceProblemTests {
  private static let exchangesAndServices = [
    ScenarioMistake(
      "name = \"orders\"\n",
      "",
      "21: exchange[1].name: is missing; write name = \"payments\""
    ),
    ScenarioMistake(
      "type = \"topic\"",
      "type = \"topik\"",
      "23: exchange.orders.type: there is no 'topik'; did you mean topic?"
    ),
    ScenarioMistake(
      "type = \"topic\"\n",
      "",
      "21: exchange.orders.type: is missing; write type = \"topic\""
    ),
    ScenarioMistake(
      "[[exchange]]",
      "[[exchange]]\nname = \"orders\"\ntype = \"direct\"\n[[exchange]]",
      "25: exchange.orders.name: there is an exchange of that name already; take another one"
    ),
    ScenarioMistake(
      "[[exchange]]",
      "[exchange]",
      "21: exchange: must be a list; it is a section"
    ),
    ScenarioMistake(
      "name = \"stock\"\n",
      "",
      "40: service[2].name: is missing; write name = \"points\""
    ),
    ScenarioMistake(
      "name = \"stock\"",
      "name = \"shop\"",
      "41: service.shop.name: there is shop already; take another name"
    ),
    ScenarioMistake(
      "name = \"stock\"",
      "name = \"broker\"",
      "41: service.broker.name: there is broker already; take another name"
    ),
    ScenarioMistake(
      "name = \"stock\"",
      "name = \"customers\"",
      "41: service.customers.name: there is customers already; take another name"
    ),
    ScenarioMistake(
      "name = \"stock\"",
      "name = \"shop-sync\"",
      """
      41: service.shop-sync.name: is what a process of another service is called; take \
      another one
      """
    ),
    ScenarioMistake(
      "name = \"stock\"",
      "name = \"delivery-2\"",
      """
      41: service.delivery-2.name: is what a process of another service is called; take \
      another one
      """
    ),
    ScenarioMistake(
      "work_ms = 50",
      "work_ms = -5",
      "42: service.stock.work_ms: must be 0 to 60000; it is -5"
    ),
    ScenarioMistake(
      "work_ms = 50",
      "work_msec = 50",
      "42: service.stock.work_msec: no such field; did you mean work_ms?"
    ),
    ScenarioMistake(
      "work_ms = 50",
      "wait = 50",
      """
      42: service.stock.wait: no such field; there are \
      \(ScenarioKeys.service.joined(separator: ", "))
      """
    ),
    ScenarioMistake(
      "work_distribution = \"normal\"",
      "work_distribution = \"gauss\"",
      """
      43: service.stock.work_distribution: there is no 'gauss'; there are fixed, uniform, \
      normal, exponential
      """
    ),
    ScenarioMistake(
      "work_distribution = \"normal\"",
      "work_distribution = \"fixed\"",
      """
      44: service.stock.work_spread_percent: means nothing for fixed; write \
      work_distribution = uniform or normal
      """
    ),
    ScenarioMistake(
      "work_spread_percent = 20",
      "work_spread_percent = 101",
      "44: service.stock.work_spread_percent: must be 0 to 100; it is 101"
    ),
    ScenarioMistake(
      "error_percent = 1",
      "error_percent = true",
      "45: service.stock.error_percent: must be a whole number; it is true"
    ),
    ScenarioMistake(
      "hop_ms = 10",
      "hop_ms = 60001",
      "46: service.stock.hop_ms: must be 0 to 60000; it is 60001"
    ),
    ScenarioMistake(
      "pool = 100",
      "pool = 0",
      "47: service.stock.pool: must be 1 to 1000; it is 0"
    ),
    ScenarioMistake(
      "timeout_ms = 1000",
      "timeout_ms = 0",
      "48: service.stock.timeout_ms: must be 1 to 60000; it is 0"
    ),
    ScenarioMistake(
      "retries = 2",
      "retries = 21",
      "49: service.stock.retries: must be 0 to 20; it is 21"
    ),
    ScenarioMistake(
      "backoff_ms = 5",
      "backoff_ms = 1979-05-27",
      """
      50: service.stock.backoff_ms: must be a whole number; it is a date or a number with \
      a fraction
      """
    ),
    ScenarioMistake(
      "deducts = true",
      "deducts = 1",
      "51: service.stock.deducts: must be true or false; it is a whole number"
    ),
    ScenarioMistake(
      "entry = true\n",
      "",
      "25: service: one service must be called by customers; write entry = true"
    ),
    ScenarioMistake(
      "hop_ms = 10",
      "hop_ms = 10\nentry = true",
      "47: service.stock.entry: shop is the entry already; take it out"
    ),
    ScenarioMistake(
      "entry = true",
      "entry = true\noptional = true",
      "28: service.shop.optional: the entry service is there from the beginning"
    ),
    ScenarioMistake(
      "entry = true",
      "entry = true\nqueue = \"shop\"",
      "28: service.shop.queue: customers call the entry service; it has no queue"
    ),
  ]

  @Test(arguments: exchangesAndServices)
  func aMistakeInAServiceIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }

  private static let callsAndEvents = [
    ScenarioMistake(
      "sync = [\"stock\"",
      "sync = [\"stok\"",
      "30: service.shop.calls.sync[1].service: there is no 'stok'; did you mean stock?"
    ),
    ScenarioMistake(
      "sync = [\"stock\"",
      "sync = [\"shop\"",
      "30: service.shop.calls.sync[1].service: only customers call shop; call another service"
    ),
    ScenarioMistake(
      "sync = [\"stock\"",
      "sync = [5",
      "30: service.shop.calls.sync[1]: must be a text or a section; it is a whole number"
    ),
    ScenarioMistake(
      "sync = [\"stock\"",
      "synch = [\"stock\"",
      "30: service.shop.calls.synch: no such field; did you mean sync?"
    ),
    ScenarioMistake(
      "when = \"risky\" }]",
      "when = \"rich\" }]",
      "30: service.shop.calls.sync[2].when: there is no 'rich'; there is risky"
    ),
    ScenarioMistake(
      "when = \"risky\" }]",
      "wehn = \"risky\" }]",
      "30: service.shop.calls.sync[2].wehn: no such field; did you mean when?"
    ),
    ScenarioMistake(
      "sync = [\"stock\"",
      "sync = [{ service = \"stock\", each = true }",
      "30: service.shop.calls.sync[1].each: stock has no queue, so it has no copies"
    ),
    ScenarioMistake(
      "sync = [\"stock\", { service = \"delivery\", when = \"risky\" }]\n",
      "",
      "29: service.shop.calls: says nothing of sync; write calls.sync or publish.sync"
    ),
    ScenarioMistake(
      "sync = [\"stock\", { service = \"delivery\", when = \"risky\" }]",
      "sync = \"stock\"",
      "30: service.shop.calls.sync: must be a list; it is a text"
    ),
    ScenarioMistake(
      "[service.calls]",
      "calls = 5\n[service.publish]\n[x]",
      """
      35: this is no TOML: Error while parsing table header: cannot redefine existing \
      table 'service.publish'
      """
    ),
    ScenarioMistake(
      "{ exchange = \"orders\", key = \"order.placed\" }",
      "{ exchange = \"order\", key = \"order.placed\" }",
      "35: service.shop.publish.async[1].exchange: there is no 'order'; did you mean orders?"
    ),
    ScenarioMistake(
      "key = \"order.placed\"",
      "key = \"placed\"",
      "35: service.shop.publish.async[1].key: no queue gets 'placed'; bind one to it"
    ),
    ScenarioMistake(
      "{ key = \"mail\"",
      "{ key = \"mial\"",
      """
      68: service.mail.bind: is missing, and nobody publishes to mail; write bind = [{ \
      exchange = "…", key = "…" }]
      """
    ),
    ScenarioMistake(
      "guarantee = \"none\"",
      "guarantee = \"nothing\"",
      """
      36: service.shop.publish.async[2].guarantee: there is no 'nothing'; there are \
      confirm, none, outbox
      """
    ),
    ScenarioMistake(
      "persistent = false",
      "persistent = \"no\"",
      "36: service.shop.publish.async[2].persistent: must be true or false; it is a text"
    ),
    ScenarioMistake(
      "key = \"order.placed\"",
      "key = \"\(String(repeating: "x", count: 256))\"",
      "35: service.shop.publish.async[1].key: must have at most 255 bytes; it has 256"
    ),
    ScenarioMistake(
      "key = \"order.placed\"",
      "key = \"a\\nb\"",
      "35: service.shop.publish.async[1].key: must be one line of printable characters"
    ),
    ScenarioMistake(
      "deducts = true",
      """
      deducts = true\ncalls = { sync = ["third"] }\n\n[[service]]\nname = "third"\ncalls = \
      { sync = ["stock"] }
      """,
      "52: service.stock.calls: stock → third → stock is a circle; take one call out"
    ),
    ScenarioMistake(
      "idempotent = true",
      """
      idempotent = true\npublish = { async = [{ exchange = "orders", key = "order.again" \
      }] }
      """,
      "67: service.delivery.publish: delivery → delivery is a circle; take one event out"
    ),
  ]

  @Test(arguments: callsAndEvents)
  func aMistakeInCallsAndEventsIsOneLine(_ mistake: ScenarioMistake) {
    #expect(mistake.problem == mistake.expected)
  }
}
