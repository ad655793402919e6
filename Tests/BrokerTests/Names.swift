import Broker

// A file that imports both NIOCore and Broker sees two `Channel`s; these names mean the broker's.
extension Broker {
  typealias ClientConnection = Connection
  typealias ClientChannel = Channel
}
