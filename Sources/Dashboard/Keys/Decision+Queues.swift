import Canvas
import Telemetry

/// What is done to queues, exchanges, bindings and messages.
extension Model {
  /// The queues that an action is for: those that are marked, else the one under the cursor.
  private var chosenQueues: [QueueSnapshot] {
    let marked = markedTargets.compactMap(\.queue)
    let chosen = marked.isEmpty ? [target.queue].compactMap { $0 } : marked
    return chosen.compactMap { liveQueue($0.identity) }
  }

  /// The name that must be typed before so many messages are lost; nil when a button is enough.
  private func nameToType(for queues: [QueueSnapshot], _ messages: Int) -> String? {
    guard messages > Limits.messagesWithoutName else { return nil }
    return queues.count == 1 ? queues[0].name : "\(queues.count) queues"
  }

  func purging() -> Decision {
    let queues = chosenQueues
    guard let first = queues.first else { return .refuse("choose a queue first") }
    let ready = queues.reduce(0) { $0 + $1.ready }
    if ready == 0 {
      return .refuse(
        queues.count == 1 ? "\(first.name) has none ready" : "they have no ready messages"
      )
    }
    let held = queues.reduce(0) { $0 + $1.unacked }
    return .open(
      .confirmation(
        Confirmation(
          title: "purge " + (queues.count == 1 ? first.name : "\(queues.count) queues"),
          lines: [
            "\(Format.count(ready)) ready messages, and those that come until then, are thrown away.",
            "\(Format.count(held)) that consumers hold stay.",
          ],
          verb: "purge",
          nameToType: nameToType(for: queues, ready),
          choice: .effects(queues.filter { $0.ready > 0 }.map { .act(.purge($0.identity)) })
        )
      )
    )
  }

  func deleting() -> Decision {
    if focus == .messages { return deletingMessage() }
    if focus == .bindings { return deletingBinding() }
    if focus == .exchanges || screen.place == .exchange { return deletingExchanges() }
    let queues = chosenQueues
    guard let first = queues.first else {
      return .refuse("choose a queue, an exchange, a binding or a message first")
    }
    let ready = queues.reduce(0) { $0 + $1.ready }
    let held = queues.reduce(0) { $0 + $1.unacked }
    let consumers = queues.reduce(0) { $0 + $1.consumerCount }
    return .open(
      .confirmation(
        Confirmation(
          title: "delete " + (queues.count == 1 ? "queue \(first.name)" : "\(queues.count) queues"),
          lines: [
            "\(Format.count(ready + held)) messages are lost: \(Format.count(ready)) ready, "
              + "\(Format.count(held)) held.",
            "\(consumers) consumers are cancelled, and all bindings to it are gone.",
          ],
          verb: "delete",
          nameToType: nameToType(for: queues, ready + held),
          choice: .effects(queues.map { .act(.deleteQueue($0.identity)) })
        )
      )
    )
  }

  private func deletingExchanges() -> Decision {
    let marked = markedTargets.compactMap(\.exchange)
    let chosen = marked.isEmpty ? [target.exchange].compactMap { $0 } : marked
    let exchanges = chosen.filter { liveExchange($0.identity) != nil }
    guard let first = exchanges.first else { return .refuse("choose an exchange first") }
    if let fixed = exchanges.first(where: \.isPredeclared) {
      return .refuse("\(fixed.identity.shownName) is always there and cannot be deleted")
    }
    let bindings = exchanges.reduce(0) { $0 + $1.bindingCount }
    return .open(
      .confirmation(
        Confirmation(
          title: "delete "
            + (exchanges.count == 1 ? "exchange \(first.name)" : "\(exchanges.count) exchanges"),
          lines: [
            "\(bindings) bindings go with it.",
            "Who publishes to it then gets 404 and loses the channel.",
          ],
          verb: "delete",
          choice: .effects(exchanges.map { .act(.deleteExchange($0.identity)) })
        )
      )
    )
  }

  private func deletingBinding() -> Decision {
    guard let binding = target.binding else { return .refuse("choose a binding first") }
    if binding.source.isEmpty {
      return .refuse("the default exchange's bindings cannot be deleted")
    }
    return .act([.act(.unbind(binding.identity))], undoable: [.unbound(binding.identity)])
  }

  private func deletingMessage() -> Decision {
    guard case .queue(let queue) = screen.subject, !shown.isTapping, let message = target.message
    else { return .refuse("only a message that m looked at can be deleted") }
    return deletingMessage(message, of: queue)
  }

  func deletingMessage(_ message: MessageSnapshot, of queue: QueueIdentity) -> Decision {
    .open(
      .confirmation(
        Confirmation(
          title: "delete one message of \(queue.name)",
          lines: [
            "Key \(message.routingKey), \(Format.bytes(message.bodyBytes)).",
            "It is lost for good; M parks it in another queue instead.",
          ],
          verb: "delete",
          choice: .effects([.act(.deleteMessage(queue, identifier: message.identifier))])
        )
      )
    )
  }

  func moving() -> Decision {
    if focus == .messages {
      guard case .queue(let queue) = screen.subject, !shown.isTapping, let message = target.message
      else { return .refuse("only a message that m looked at can be moved") }
      return .open(.form(parkForm(message.identifier, in: queue)))
    }
    let queues = chosenQueues
    guard queues.count <= 1 else { return .refuse("move the messages of one queue at a time") }
    guard let queue = queues.first else { return .refuse("choose a queue first") }
    if queue.ready == 0 { return .refuse("\(queue.name) has no ready messages") }
    return .open(.form(moveForm(from: queue)))
  }

  /// First a dry run; its answer opens the question.
  func redriving() -> Decision {
    guard let queue = chosenQueues.first else { return .refuse("choose a dead letter queue first") }
    if queue.ready == 0 { return .refuse("\(queue.name) has no ready messages") }
    return .act([.look(.redrive(queue.identity))], saying: "looking where they came from")
  }

  /// What a dry run found, as the question whether to do it.
  func redriveQuestion(_ redrive: Redrive, of queue: QueueIdentity) -> Dialog {
    let moving = redrive.groups.filter { $0.obstacle == nil }.reduce(0) { $0 + $1.count }
    let shown = redrive.groups.prefix(Limits.redriveGroups).map { group in
      let place = group.exchange.isEmpty ? "(default)" : group.exchange
      let way = "\(Format.count(group.count)) \(group.reason) in \(group.queue)"
      return group.obstacle.map { "\(way): stay, \($0)" }
        ?? "\(way) \(glyphs.arrow) \(place) \(group.routingKey)"
    }
    var lines = Array(shown)
    if redrive.groups.count > shown.count {
      lines.append("and \(redrive.groups.count - shown.count) more ways")
    }
    if redrive.withoutOrigin > 0 {
      lines.append("\(Format.count(redrive.withoutOrigin)) never died and stay")
    }
    if moving > 0 { lines.append("More may die until you confirm: all that wait then go back.") }
    let noun = moving == 1 ? "message" : "messages"
    return .confirmation(
      Confirmation(
        title: "redrive \(queue.name): now \(Format.count(moving)) \(noun)",
        lines: moving == 0 ? lines + ["Nothing can go back."] : lines,
        verb: moving == 0 ? "close" : "redrive",
        nameToType: moving > Limits.messagesWithoutName ? queue.name : nil,
        choice: .effects(moving == 0 ? [] : [.act(.redrive(queue))])
      )
    )
  }

  func creating() -> Decision {
    let isExchange = focus == .exchanges || screen.place == .exchange
    return .open(.form(isExchange ? createExchangeForm() : createQueueForm()))
  }

  /// What was chosen for a message that is shown whole.
  func chosen(_ act: MessageAct, for identity: RowIdentity) -> Decision {
    guard case .queue(let queue) = screen.subject, case .message(let identifier) = identity,
      let message = shown.messages.first(where: { $0.identifier == identifier })
    else { return .refuse("it is no longer there") }
    switch act {
    case .delete: return deletingMessage(message, of: queue)
    case .park: return .open(.form(parkForm(identifier, in: queue)))
    case .copy: return .act([.copy(message.bodyText)], saying: "body copied")
    }
  }
}
