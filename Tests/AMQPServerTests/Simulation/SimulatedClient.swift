import AMQP
import Broker
import NIOCore

@testable import AMQPServer

/// One client of the simulation: its connection to the real broker, and what it must hold.
final class SimulatedClient {
  enum Mode: String, CaseIterable {
    case plain, confirming, transactional
  }

  struct Publication {
    var message: NaiveMessage
    var queues: [NaiveQueue]
    var isMandatory: Bool
  }

  let wire: SessionClient
  let mode: Mode
  /// By tag, with the number of the queue that a consumer is on.
  var consumers: [String: NaiveQueue] = [:]
  var held: [UInt64: NaiveHeld] = [:]
  var publishedSequence: UInt64 = 0
  /// What waits for the commit of a transaction.
  var publications: [Publication] = []
  var settled: [(tag: UInt64, held: NaiveHeld, settlement: Settlement)] = []

  init(_ broker: Broker, mode: Mode) throws {
    wire = try SessionClient.opened(broker: broker)
    self.mode = mode
    switch mode {
    case .plain: break
    case .confirming: wire.send(ConfirmSelect(), channel: 1)
    case .transactional: wire.send(TxSelect(), channel: 1)
    }
    _ = try wire.frames()
  }

  func publish(_ message: NaiveMessage, to exchange: String, isMandatory: Bool) {
    var headers: FieldTable = [:]
    for (name, value) in message.headers.sorted(by: { $0.key < $1.key }) {
      headers[name] = .signed32(Int32(value))
    }
    let properties = BasicProperties(
      headers: headers.isEmpty ? nil : headers,
      priority: message.priority > 0 ? UInt8(message.priority) : nil,
      expiration: message.lifetime.map { "\($0)" }
    )
    var bytes = ByteBuffer()
    bytes.writeMethod(
      BasicPublish(exchange: exchange, routingKey: message.key, mandatory: isMandatory),
      channel: 1
    )
    bytes.writeContent(
      header: ContentHeader(bodyBytes: UInt64(message.text.utf8.count), properties: properties),
      body: ByteBuffer(string: message.text),
      channel: 1,
      maximumFrameBytes: Limits.defaultFrameBytes
    )
    wire.send(bytes: bytes)
  }
}

/// What a client was sent in one step, as far as the model has a say in it.
enum Observation: Hashable {
  case delivered(Delivery)
  case returned(String)
  case confirmed(UInt64, isMultiple: Bool)
  case refused(UInt64)
  case cancelled(String)
  case emptied(Int)
  case closed(String)

  struct Delivery: Hashable {
    var tag: UInt64
    /// nil for the answer to `basic.get`.
    var consumer: String?
    var text = ""
    var isRedelivered: Bool
    var deaths: [NaiveMessage.Death] = []
  }
}

extension SimulatedClient {
  /// Takes what the broker wrote since the last time.
  func observe() throws -> [Observation] {
    var seen: [Observation] = []
    for frame in try wire.frames() {
      switch frame {
      case .method(_, let method): seen += Self.observation(of: method).map { [$0] } ?? []
      case .header(_, let header):
        guard case .delivered(var delivery)? = seen.last else { continue }
        delivery.deaths = Self.deaths(in: header.properties.headers)
        seen[seen.count - 1] = .delivered(delivery)
      case .body(_, let body):
        let text = String(buffer: body)
        if case .delivered(var delivery)? = seen.last {
          delivery.text = text
          seen[seen.count - 1] = .delivered(delivery)
        } else if case .returned? = seen.last {
          seen[seen.count - 1] = .returned(text)
        }
      case .heartbeat: break
      }
    }
    return seen
  }

  private static func observation(of method: Method) -> Observation? {
    switch method {
    case .basicDeliver(let deliver):
      .delivered(
        Observation.Delivery(
          tag: deliver.deliveryTag,
          consumer: deliver.consumerTag,
          isRedelivered: deliver.redelivered
        )
      )
    case .basicGetOk(let get):
      .delivered(Observation.Delivery(tag: get.deliveryTag, isRedelivered: get.redelivered))
    case .basicReturn: .returned("")
    case .basicAck(let ack): .confirmed(ack.deliveryTag, isMultiple: ack.multiple)
    case .basicNack(let nack): .refused(nack.deliveryTag)
    case .basicCancel(let cancel): .cancelled(cancel.consumerTag)
    case .queuePurgeOk(let purge): .emptied(Int(purge.messageCount))
    case .queueDeleteOk(let delete): .emptied(Int(delete.messageCount))
    case .channelClose(let close): .closed(close.replyText)
    case .connectionClose(let close): .closed(close.replyText)
    default: nil
    }
  }

  private static func deaths(in headers: FieldTable?) -> [NaiveMessage.Death] {
    guard case .array(let values)? = headers?["x-death"] else { return [] }
    return values.compactMap { value in
      guard case .table(let table) = value else { return nil }
      return NaiveMessage.Death(
        queue: table["queue"]?.text ?? "?",
        reason: table["reason"]?.text ?? "?",
        count: table["count"]?.integer.map(Int.init) ?? 0
      )
    }
  }
}
