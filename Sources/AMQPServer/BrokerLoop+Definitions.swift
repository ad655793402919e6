import Broker
import Definitions
import Store

extension BrokerLoop {
  typealias DiskOpener = @Sendable (String) throws(StoreError) -> DataDirectory.Disks

  private func openDataDirectory(_ path: String, _ open: DiskOpener) throws(ServerError) {
    do {
      let directory = try DataDirectory(try open(path), broker: broker, eventLoop: eventLoop)
      directory.onProgress = { [unowned self] in diskProgressed() }
      data = directory
      watchDisk(of: path)
    } catch .inUse {
      throw .dataDirectoryInUse(path: path)
    } catch {
      throw .badDataDirectory(path: path, reason: error.text)
    }
  }

  /// Brings back what the data directory has, then makes what the definitions of the configuration say, before the first client comes.
  func begin(
    with configuration: ServerConfiguration,
    disks: DiskOpener
  ) throws(ServerError) {
    if let path = configuration.dataDirectory { try openDataDirectory(path, disks) }
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
