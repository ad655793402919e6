import AMQP
import Glibc

extension ConnectionSettings {
  /// What the server is told about us.
  var clientProperties: FieldTable {
    let capabilities: FieldTable = [
      "basic.nack": .boolean(true),
      "publisher_confirms": .boolean(true),
      "consumer_cancel_notify": .boolean(true),
      "connection.blocked": .boolean(true),
      "authentication_failure_close": .boolean(true),
    ]
    var result: FieldTable = [
      "product": .text("Sluice"),
      "version": .text("0.1"),
      "platform": .text("Swift"),
      "connection_name": .text(name),
      "pid": .signed64(Int64(getpid())),
      "capabilities": .table(capabilities),
    ]
    for entry in properties.entries { result[entry.key] = entry.value }
    return result
  }
}
