import Canvas

extension Keymap {
  private static let places: Set<KeyBinding.Place> = [.overview, .lab]

  /// The keys of the lab.
  static let lab: [KeyBinding] = [
    KeyBinding(
      .fault,
      [.character("f")],
      "fault",
      "Break something on purpose: a menu for the service or queue under the cursor, and for the "
        + "broker. f 1 adds latency, the same again takes it off; f c crashes the broker; Enter "
        + "asks for amount, probability and duration.",
      in: .act,
      at: places.union([.consumers, .queues]),
      border: [.services, .faults],
      footer: 7
    ),
    KeyBinding(
      .healAll,
      [.character("U")],
      "heal all",
      "Take all faults away.",
      in: .act,
      at: .screens,
      border: [.faults]
    ),
    KeyBinding(
      .lesson,
      [.character("n")],
      "next step",
      "The next step of the lesson: what to do, predict before you look, what happened. At the "
        + "end the verdict. Keys that act on the lab (u U f b x + -) work through its pages.",
      in: .act,
      at: [.lab],
      border: [.lesson],
      footer: 6
    ),
    KeyBinding(
      .repeatStep,
      [.character("r")],
      "repeat",
      "Begin the lesson's step again.",
      in: .act,
      at: [.lab],
      border: [.lesson]
    ),
    KeyBinding(
      .add,
      [.character("a")],
      "add",
      "A menu: a service joins, or one more or one fewer process of the service under the cursor.",
      in: .act,
      at: places.union([.consumers]),
      border: [.services],
      footer: 19
    ),
    KeyBinding(
      .loadMenu,
      [.character("b")],
      "load menu",
      "A menu: \(Limits.burstCount) customers at once, step, ramp, spike, sine, bursts, the peak, "
        + "recorded arrivals, the steady load again, and the size of messages.",
      in: .act,
      at: [.lab],
      border: [.ways],
      footer: 9
    ),
    KeyBinding(
      .knobDown,
      [.character("{")],
      "turn down",
      "Turn down what the scenario lets you turn: the share of risky logins, say.",
      in: .act,
      at: places,
      pair: "{}"
    ),
    KeyBinding(
      .knobUp,
      [.character("}")],
      "turn up",
      "Turn it up.",
      in: .act,
      at: places
    ),
  ]
}
