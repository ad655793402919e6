/// What names a queue.
package struct QueueIdentity: Hashable, Sendable, Comparable {
  package var virtualHost: String
  package var name: String

  /// - Parameters:
  ///   - virtualHost: Where it is.
  ///   - name: Unique there.
  package init(virtualHost: String, name: String) {
    self.virtualHost = virtualHost
    self.name = name
  }

  package static func < (left: QueueIdentity, right: QueueIdentity) -> Bool {
    left.virtualHost == right.virtualHost
      ? left.name < right.name : left.virtualHost < right.virtualHost
  }

  /// How the screen calls it: the virtual host in front, unless it is `/`.
  package var shownName: String { virtualHost == "/" ? name : virtualHost + ":" + name }
}

/// What names an exchange.
package struct ExchangeIdentity: Hashable, Sendable, Comparable {
  package var virtualHost: String
  /// Empty for the default exchange.
  package var name: String

  /// - Parameters:
  ///   - virtualHost: Where it is.
  ///   - name: Unique there.
  package init(virtualHost: String, name: String) {
    self.virtualHost = virtualHost
    self.name = name
  }

  package static func < (left: ExchangeIdentity, right: ExchangeIdentity) -> Bool {
    left.virtualHost == right.virtualHost
      ? left.name < right.name : left.virtualHost < right.virtualHost
  }

  /// How the screen calls it: the virtual host in front, unless it is `/`.
  package var shownName: String {
    let shown = name.isEmpty ? "(default)" : name
    return virtualHost == "/" ? shown : virtualHost + ":" + shown
  }
}

extension QueueSnapshot {
  /// What names it.
  package var identity: QueueIdentity { QueueIdentity(virtualHost: virtualHost, name: name) }
}

extension ExchangeSnapshot {
  /// What names it.
  package var identity: ExchangeIdentity { ExchangeIdentity(virtualHost: virtualHost, name: name) }
}

extension ConsumerSnapshot {
  /// What the person knows it by: its tag, or its connection's name when the tag was made up by
  /// the broker or a client library.
  package var shownName: String {
    let isMadeUp = tag.isEmpty || tag.hasPrefix("amq.ctag") || tag.hasPrefix("ctag")
    return isMadeUp ? connectionName : tag
  }
}
