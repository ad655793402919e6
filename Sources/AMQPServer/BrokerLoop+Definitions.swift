import Broker
import Definitions

extension BrokerLoop {
  /// Makes what the definitions of the configuration say, before the first client comes.
  func begin(with configuration: ServerConfiguration) throws(ServerError) {
    guard let definitions = configuration.definitions else { return }
    do {
      try definitions.apply(to: broker) { PasswordHash(of: Array($0.utf8)) }
    } catch {
      throw .badDefinitions(error)
    }
    let names = definitions.users.map(\.name)
    // As in RabbitMQ, where no default user is made beside imported ones.
    guard !configuration.keepsGuest, !names.isEmpty, !names.contains(User.guest.name) else {
      return
    }
    _ = broker.deleteUser(User.guest.name)
  }
}
