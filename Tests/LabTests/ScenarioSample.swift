import Testing

@testable import Lab

/// A scenario with one of everything, from which tests make mistakes.
enum ScenarioSample {
  static let text = """
    name = "shop"
    title = { en = "Shop", zh = "商店" }
    about = "A shop."
    rate = 20
    peak = { factor = 10, seconds = 20 }
    way_titles = { alternative = "bounded" }

    [accounts]
    count = 100
    cheapest_cents = 1
    dearest_cents = 9

    [traits]
    risky = 10

    [knob]
    trait = "risky"
    label = { en = "risky", zh = "有风险" }
    values = [0, 10, 50]

    [[exchange]]
    name = "orders"
    type = "topic"

    [[service]]
    name = "shop"
    entry = true
    work_ms = 0
    [service.calls]
    sync = ["stock", { service = "delivery", when = "risky" }]
    async = ["stock"]
    alternative = ["stock"]
    [service.publish]
    async = [
      { exchange = "orders", key = "order.placed" },
      { key = "mail", when = "risky", guarantee = "none", persistent = false },
    ]
    alternative = [{ exchange = "orders", key = "order.late", guarantee = "outbox" }]

    [[service]]
    name = "stock"
    work_ms = 50
    work_distribution = "normal"
    work_spread_percent = 20
    error_percent = 1
    hop_ms = 10
    pool = 100
    timeout_ms = 1000
    retries = 2
    backoff_ms = 5
    deducts = true

    [[service]]
    name = "delivery"
    backoff_ms = 500
    queue = "delivery"
    bind = [{ exchange = "orders", key = "order.*" }]
    prefetch = 6
    consumers = 2
    durable = false
    max_length = 200
    when_full = "drop-head"
    on_error = "retry"
    delivery_limit = 5
    dead_letter = true
    idempotent = true

    [[service]]
    name = "mail"
    optional = true
    queue = "mail"
    auto_ack = true
    counts_replies = true

    [[at]]
    percent = 20
    until = 40
    fault = "error"
    service = "delivery"
    amount = 30
    probability = 50
    count = 7
    seed = 3

    [[at]]
    percent = 50
    until = 60
    load = "step"
    factor = 5

    [[at]]
    percent = 70
    join = "mail"

    [[phase]]
    name = "calm"
    from = 5
    until = 20

    [[step]]
    phase = "calm"
    answer = "b"
    title = "Look"
    task = "Do."
    question = "What?"
    options = ["nothing", { en = "much", zh = "许多" }]
    reveal = { en = "{async.p95} ms", zh = "{async.p95} 毫秒" }
    caveat = "But { and } stay."

    [[verdict]]
    when = "calm.sync.p95 > async.p95 * 2 and lost < 1"
    text = "{calm.delivery.delay95} ms"

    """
}

/// A mistake in the sample, and what is said of it.
struct ScenarioMistake: Sendable, CustomTestStringConvertible {
  private let old: String
  private let new: String
  let expected: String

  /// What stands in the sample, what is written instead, and the line without the file's name.
  init(_ old: String, _ new: String, _ expected: String) {
    self.old = old
    self.new = new
    self.expected = "shop.toml:\(expected)"
  }

  var testDescription: String { expected }

  /// The sample with the mistake.
  var text: String { ScenarioSample.text.replacing(old, with: new, maxReplacements: 1) }

  /// What the reader says of it.
  var problem: String {
    do throws(ScenarioProblem) {
      _ = try ScenarioReader.read(text, file: "shop.toml")
      return "no problem"
    } catch {
      return error.description
    }
  }
}
