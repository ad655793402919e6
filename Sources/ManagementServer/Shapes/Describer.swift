import AMQP
import AMQPServer
import Broker
import Definitions
import JSONText

/// Puts what the engine lists into the JSON of RabbitMQ's management.
///
/// The names are those that RabbitMQ 3.10.8 uses; a test compares them with what it answers.
struct Describer: Sendable {
  let node: String
  /// Where clients connect.
  let host: String
  let port: Int
  let history: History
  /// The peers of connections, by identifier; of consumers and channels these have to be known.
  var peers: [UInt64: Peer] = [:]

  /// Where a connection comes from, and its user.
  struct Peer: Sendable {
    var address: String
    var user: String

    var host: String {
      address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
    }

    var port: Int {
      address.lastIndex(of: ":").flatMap { Int(address[address.index(after: $0)...]) } ?? 0
    }
  }

  /// RabbitMQ's name for a connection: both ends.
  func connectionName(_ address: String) -> String { "\(address) -> \(host):\(port)" }

  /// RabbitMQ's name for a channel.
  func channelName(_ address: String, _ number: UInt16) -> String {
    "\(connectionName(address)) (\(number))"
  }

  /// `message_stats` of figures.
  func messageStats(_ figures: Figures, _ values: Values, of subject: Subject) -> JSON.Member {
    let members = history.members(
      figures.sums[...],
      values,
      from: 0,
      of: subject,
      history.ages.messages
    )
    return .init(name: "message_stats", value: .object(members))
  }

  /// A time as RabbitMQ's management writes it: `2026-11-29T03:15:08.676+00:00`.
  static func time(_ milliseconds: Int64) -> JSON {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
    let (year, month, day) = CivilDate.from(days: days)
    let seconds = rest / 1_000
    func padded(_ number: Int64, _ width: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
    let time = "\(padded(seconds / 3_600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    return .string("\(date)T\(time).\(padded(rest % 1_000, 3))+00:00")
  }
}

/// Days since 1970 as a date of the Gregorian calendar.
enum CivilDate {
  /// After Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  static func from(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Call {
  /// What makes JSON for this request.
  ///
  /// - Parameter listing: With the connections, where consumers or channels are described.
  /// - Returns: The describer.
  func describer(_ listing: BrokerListing? = nil) -> Describer {
    var describer = Describer(
      node: office.node,
      host: office.broker.address,
      port: office.broker.port,
      history: history()
    )
    for connection in listing?.connections ?? [] {
      describer.peers[connection.identifier] = Describer.Peer(
        address: connection.identity.peerAddress,
        user: connection.identity.user
      )
    }
    return describer
  }
}

extension JSON {
  /// A text, or null.
  static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
  /// A number, or null.
  static func optional(_ number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }

  static func whole(_ number: Int) -> JSON { .integer(Int64(number)) }
}

/// An object of named values.
func object(_ members: [(String, JSON)], _ more: [JSON.Member] = []) -> JSON {
  .object(members.map { JSON.Member(name: $0.0, value: $0.1) } + more)
}
