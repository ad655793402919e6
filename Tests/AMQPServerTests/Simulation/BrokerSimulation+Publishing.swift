import AMQP
import Broker

@testable import AMQPServer

/// Commands that bring messages in.
extension BrokerSimulation {
  func publish(_ index: Int) {
    var message = nextMessage()
    let exchange = pick(naive.exchanges.keys.sorted()) ?? "fanout"
    message.key = pick(Self.keys) ?? "a"
    if exchange == "headers" {
      for name in ["h1", "h2"] where isChosen(oneIn: 2) { message.headers[name] = Int(below(2)) }
    }
    publish(message, to: exchange, by: index)
  }

  func publishToQueue(_ index: Int) {
    var message = nextMessage()
    message.key = isChosen(oneIn: 10) ? "nowhere" : pick(arguments.keys.sorted()) ?? "q0"
    // Never the same as a lifetime that a queue gives.
    if isChosen(oneIn: 3) { message.lifetime = pick([0, 5, 29, 101]) }
    publish(message, to: "", by: index)
  }

  private func nextMessage() -> NaiveMessage {
    published += 1
    var message = NaiveMessage(text: "\(published)", key: "", enteredAt: naive.now)
    message.priority = isChosen(oneIn: 2) ? Int(below(5)) : 0
    return message
  }

  private func publish(_ message: NaiveMessage, to exchange: String, by index: Int) {
    let client = clients[index]
    let isMandatory = isChosen(oneIn: 3)
    say(
      "client \(index) publishes \(message.text) to '\(exchange)' with \(message.key)"
        + (isMandatory ? ", mandatory" : "") + " priority \(message.priority)"
        + " lifetime \(message.lifetime.map { "\($0)" } ?? "-") headers \(message.headers)"
    )
    client.publish(message, to: exchange, isMandatory: isMandatory)
    let publication = SimulatedClient.Publication(
      message: message,
      queues: naive.route(message, through: exchange),
      isMandatory: isMandatory
    )
    switch client.mode {
    case .transactional: client.publications.append(publication)
    case .plain: _ = finish(publication, of: index)
    case .confirming:
      let isAccepted = finish(publication, of: index)
      client.publishedSequence += 1
      let sequence = client.publishedSequence
      expected[index, default: []].append(
        isAccepted ? .confirmed(sequence, isMultiple: false) : .refused(sequence)
      )
    }
  }

  /// Publishes in the naive broker; answers whether all queues took the message.
  private func finish(_ publication: SimulatedClient.Publication, of index: Int) -> Bool {
    let (isRouted, isAccepted) = naive.publish(
      publication.message,
      to: publication.queues,
      isMandatory: publication.isMandatory
    )
    if !isRouted, publication.isMandatory {
      expected[index, default: []].append(.returned(publication.message.text))
    }
    return isAccepted
  }

  func commit(_ index: Int) {
    let client = clients[index]
    guard client.mode == .transactional else { return }
    say("client \(index) commits")
    client.wire.send(TxCommit(), channel: 1)
    for publication in client.publications { _ = finish(publication, of: index) }
    client.publications = []
    let settled = client.settled
    client.settled = []
    // What comes back comes back at the end, all of it together.
    for delivery in settled where delivery.settlement != .requeued {
      naive.settle([delivery.held], as: delivery.settlement)
    }
    let returned = settled.filter { $0.settlement == .requeued }.map(\.held)
    naive.settle(returned, as: .requeued)
  }

  func rollBack(_ index: Int) {
    let client = clients[index]
    guard client.mode == .transactional else { return }
    say("client \(index) rolls back")
    client.wire.send(TxRollback(), channel: 1)
    client.publications = []
    for delivery in client.settled { client.held[delivery.tag] = delivery.held }
    client.settled = []
  }
}
