package import Telemetry

/// Something that the dashboard wants done; ``update(_:_:)`` only says so.
package enum Effect: Sendable, Hashable {
  /// Publish test messages to an exchange of virtual host `/`.
  case publish(virtualHost: String, exchange: String, routingKey: String, count: Int)
  case pauseQueue(virtualHost: String, name: String, isPaused: Bool)
  case pauseConsumer(identifier: UInt64, isPaused: Bool)
  /// Kill the process of a service of the lab.
  case killService(name: String)
  /// Cut the connection of a consumer that is not the lab's.
  case killConsumer(identifier: UInt64)
  /// Start a killed service again; nil is the one that was killed last.
  case bringBack(service: String?)
  /// Let the broker die and start again from its data directory.
  case crashBroker
  case setMode(CallMode)
  /// Customers a second, for each way in use.
  case setLoad(perSecond: Double)
  /// Let customers come at once.
  case burst(customers: Int)
  /// Write a line on the timeline.
  case record(text: String, severity: BrokerEvent.Severity)
  /// Give the terminal back to the shell until it is continued.
  case suspend
  /// Draw everything again, whatever the terminal shows.
  case repaint
  case quit
}
