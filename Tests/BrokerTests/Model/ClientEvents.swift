import AMQP
import NIOCore

/// What one client got in one turn.
struct ClientEvents {
  struct Content {
    var tag: UInt64
    /// nil for the answer to a get.
    var consumer: String?
    var isRedelivered: Bool
    var text = ""
    var deaths: [NaiveMessage.Death] = []
    var returns: Int64?
  }

  private(set) var contents: [Content] = []
  private(set) var returned: [String] = []
  private(set) var confirms: [NaiveClient.Confirm] = []
  private(set) var cancelled: Set<String> = []
  private(set) var hasEmptyAnswer = false

  /// `lastSequence` is the last that was confirmed in turns before.
  init(_ frames: [Frame], lastSequence: UInt64) {
    var isReturn = false
    var lastSequence = lastSequence
    for frame in frames {
      switch frame {
      case .method(_, .basicDeliver(let method)):
        isReturn = false
        contents.append(
          Content(
            tag: method.deliveryTag,
            consumer: method.consumerTag,
            isRedelivered: method.redelivered
          )
        )
      case .method(_, .basicGetOk(let method)):
        isReturn = false
        contents.append(Content(tag: method.deliveryTag, isRedelivered: method.redelivered))
      case .method(_, .basicReturn): isReturn = true
      case .method(_, .basicGetEmpty): hasEmptyAnswer = true
      case .method(_, .basicCancel(let method)): cancelled.insert(method.consumerTag)
      case .method(_, .basicAck(let method)):
        confirm(method.deliveryTag, isMultiple: method.multiple, after: &lastSequence, true)
      case .method(_, .basicNack(let method)):
        confirm(method.deliveryTag, isMultiple: method.multiple, after: &lastSequence, false)
      case .header(_, let header) where !isReturn: note(header.properties)
      case .body(_, let body) where isReturn: returned.append(String(buffer: body))
      case .body(_, let body): contents[contents.count - 1].text += String(buffer: body)
      case .method, .header, .heartbeat: break
      }
    }
  }

  private mutating func confirm(
    _ sequence: UInt64,
    isMultiple: Bool,
    after last: inout UInt64,
    _ isTaken: Bool
  ) {
    let first = isMultiple ? min(last + 1, sequence) : sequence
    confirms += (first...sequence).map { NaiveClient.Confirm(sequence: $0, isTaken: isTaken) }
    last = sequence
  }

  private mutating func note(_ properties: BasicProperties) {
    let headers = properties.headers
    contents[contents.count - 1].returns = headers?["x-delivery-count"]?.integer
    guard case .array(let deaths)? = headers?["x-death"] else { return }
    contents[contents.count - 1].deaths = deaths.compactMap { death in
      guard case .table(let table) = death, let count = table["count"]?.integer else { return nil }
      return NaiveMessage.Death(
        queue: table["queue"]?.text ?? "?",
        reason: table["reason"]?.text ?? "?",
        count: count
      )
    }
  }
}
