import AMQP

/// RabbitMQ takes line breaks out of the names that a client declares, deletes or binds, and out of
/// no others; permissions are asked for the names without.
extension Method {
  /// The method as it is meant.
  var withoutLineBreaks: Method {
    switch self {
    case .exchangeDeclare(var declare):
      declare.exchange = declare.exchange.withoutLineBreaks
      return .exchangeDeclare(declare)
    case .exchangeDelete(var delete):
      delete.exchange = delete.exchange.withoutLineBreaks
      return .exchangeDelete(delete)
    case .exchangeBind(var bind):
      bind.destination = bind.destination.withoutLineBreaks
      bind.source = bind.source.withoutLineBreaks
      return .exchangeBind(bind)
    case .exchangeUnbind(var unbind):
      unbind.destination = unbind.destination.withoutLineBreaks
      unbind.source = unbind.source.withoutLineBreaks
      return .exchangeUnbind(unbind)
    case .queueDeclare(var declare):
      declare.queue = declare.queue.withoutLineBreaks
      return .queueDeclare(declare)
    case .queueDelete(var delete):
      delete.queue = delete.queue.withoutLineBreaks
      return .queueDelete(delete)
    case .queueBind(var bind):
      bind.queue = bind.queue.withoutLineBreaks
      bind.exchange = bind.exchange.withoutLineBreaks
      return .queueBind(bind)
    case .queueUnbind(var unbind):
      unbind.queue = unbind.queue.withoutLineBreaks
      unbind.exchange = unbind.exchange.withoutLineBreaks
      return .queueUnbind(unbind)
    default: return self
    }
  }
}

extension String {
  fileprivate var withoutLineBreaks: String {
    let isBreak = { (octet: UInt8) in octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r") }
    guard utf8.contains(where: isBreak) else { return self }
    return String(decoding: utf8.filter { !isBreak($0) }, as: UTF8.self)
  }
}
