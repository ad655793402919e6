import Canvas
import Telemetry

extension Keymap {
  private static let labPlaces: Set<KeyBinding.Place> = [.overview, .lab]
  private static let queuePlaces: Set<KeyBinding.Place> = [
    .overview, .queues, .consumers, .queue, .consumer, .connection, .exchange, .lab,
  ]

  static let acting: [KeyBinding] =
    lab + [
      KeyBinding(
        .publishOne,
        [.character("i")],
        "publish",
        "Publish one message to the queue or exchange under the cursor; in the other panels, send "
          + "one customer for each way.",
        in: .act,
        at: .screens,
        border: [.queues, .exchanges],
        footer: 11
      ),
      KeyBinding(
        .publishForm,
        [.character("n")],
        "new message",
        "Write a message: exchange, routing key, properties, headers, body or file, how many.",
        in: .act,
        at: Set.screens.subtracting([.lab])
      ),
      KeyBinding(
        .burst,
        [.character("b")],
        "burst",
        "Send \(Limits.burstCount) customers at once for each way; without a running lab, as many "
          + "messages.",
        in: .act,
        at: Set.screens.subtracting([.lab]),
        border: [.lab],
        footer: 9
      ),
      KeyBinding(
        .loadUp,
        [.character("+"), .character("=")],
        "load",
        "More customers a second, up to \(Format.rate(Limits.loads.last)).",
        in: .act,
        at: labPlaces,
        border: [.lab, .ways],
        footer: 10,
        pair: "+-"
      ),
      KeyBinding(
        .loadDown,
        [.character("-")],
        "less",
        "Fewer customers a second, down to none.",
        in: .act,
        at: labPlaces
      ),
      KeyBinding(
        .mode,
        [.character("x")],
        "mode",
        "The way customers are served: sync (five calls in a row), async (through the broker), or "
          + "both side by side.",
        in: .act,
        at: labPlaces,
        border: [.lab, .ways],
        footer: 17
      ),
      KeyBinding(
        .pause,
        [.character("p")],
        "pause",
        "Pause the deliveries of the queue or consumer under the cursor, or let them go on.",
        in: .act,
        at: queuePlaces,
        border: [.queues, .consumers],
        footer: 4
      ),
      KeyBinding(
        .undo,
        [.character("u")],
        "undo",
        "Take back the last thing: bring back what was killed, heal a fault, let go on what was "
          + "paused, the load before; or what is under the cursor.",
        in: .act,
        at: .screens,
        border: [.consumers, .faults],
        footer: 3
      ),
      KeyBinding(
        .create,
        [.character("c")],
        "create",
        "Create a queue, or on the exchanges an exchange, in a form.",
        in: .act,
        at: Set.screens.subtracting([.events])
      ),
      KeyBinding(
        .bind,
        [.character("B")],
        "bind",
        "Bind a queue or an exchange to an exchange, in a form.",
        in: .act,
        at: Set.screens.subtracting([.events]),
        border: [.bindings]
      ),
      KeyBinding(
        .prefetch,
        [.character("#")],
        "prefetch",
        "Set how many messages the consumer under the cursor may hold; u gives the old count back.",
        in: .act,
        at: queuePlaces,
        border: []
      ),
      KeyBinding(
        .readOnly,
        [.function(8)],
        "read-only",
        "Allow no changes; or allow them again, after a question.",
        in: .act,
        at: .screens
      ),
      KeyBinding(
        .target,
        [.character("@")],
        "target",
        "Choose which of several brokers is shown (sluice attach with --target).",
        in: .act,
        at: .screens
      ),
    ]

  static let actingForGood: [KeyBinding] = [
    KeyBinding(
      .kill,
      [.character("K"), .function(9)],
      "kill",
      "Kill the consumer under the cursor: its process gets SIGKILL, or its connection is cut when "
        + "the process is not ours. u brings a process back.",
      in: .forGood,
      at: queuePlaces,
      border: [.consumers, .services],
      footer: 2
    ),
    KeyBinding(
      .cancel,
      [.character("C")],
      "cancel",
      "Cancel the consumer under the cursor (basic.cancel); what it holds it may still settle.",
      in: .forGood,
      at: queuePlaces
    ),
    KeyBinding(
      .closeConnection,
      [.character("X")],
      "close",
      "Close the connection under the cursor, or the consumer's, with a reason; a channel in its "
        + "panel.",
      in: .forGood,
      at: Set.screens.subtracting([.events, .topology])
    ),
    KeyBinding(
      .purge,
      [.character("P")],
      "purge",
      "Throw away the ready messages of the queue.",
      in: .forGood,
      at: queuePlaces.union([.topology])
    ),
    KeyBinding(
      .delete,
      [.character("D")],
      "delete",
      "Delete the queue, exchange, binding or single message under the cursor.",
      in: .forGood,
      at: Set.screens.subtracting([.events, .connections])
    ),
    KeyBinding(
      .move,
      [.character("M")],
      "move",
      "Move the queue's ready messages, or the one message under the cursor, to another queue.",
      in: .forGood,
      at: queuePlaces.union([.topology])
    ),
    KeyBinding(
      .redrive,
      [.character("V")],
      "redrive",
      "Send dead letters back to where they came from; first a dry run that says what would go.",
      in: .forGood,
      at: queuePlaces
    ),
  ]
}
