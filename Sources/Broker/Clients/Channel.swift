import AMQP
import Store

/// One channel of a connection: its consumers, what they hold, its confirms or its transaction.
///
/// - Isolation: the broker's loop.
package final class Channel {
  package let number: UInt16
  // Safe: a connection keeps its channels, and closing it closes them first.
  package unowned(unsafe) let connection: Connection

  var consumers: [Name: Consumer] = [:]
  /// Cancelled consumers that still hold messages.
  var cancelledConsumers: [Consumer] = []
  var unacked = UnackedRing()
  /// Messages that consumers hold, without those fetched by `basic.get`.
  var heldByConsumers = 0
  /// What `basic.qos` set for consumers that come; 0 means no limit.
  var consumerPrefetchCount = 0
  /// What `basic.qos` with `global` set for the whole channel; 0 means no limit.
  var channelPrefetchCount = 0
  var mode = Mode.plain
  /// Set once and for all when the channel becomes transactional.
  var transaction: Transaction?
  var replyConsumer: ReplyConsumer?
  /// Sequence number of the newest message published since `confirm.select`.
  var publishedSequence: UInt64 = 0
  /// All up to here are confirmed, refused or held.
  var confirmedSequence: UInt64 = 0
  /// Whether the broker knows that something here waits for the disk.
  var isHeldNoted = false
  /// Confirms that wait for the disk, in order.
  var held: [HeldConfirms] = []
  /// Up to where the disk must be for each `tx.commit` that is not answered.
  var heldCommits: [Position] = []
  var isConfirmDue = false
  /// What a queue refused since the last confirm, in order.
  var rejectedSequences: [UInt64] = []
  /// A route that is right for more messages like the last one; it begins at `countedExchange`.
  var lastRoute: Route?
  /// Messages that it published, in all.
  var published: UInt64 = 0
  /// The exchange that the newest messages went to, and how many it had published before them.
  private var countedExchange: Exchange?
  private var countedFrom: UInt64 = 0
  /// Which of its queues is the first to be offered the credit that came back.
  var turn = 0
  /// What an empty queue name means (AMQP 0-9-1, queue.bind: the last declared on the channel).
  package internal(set) var lastDeclaredQueue: Name?
  /// For management alone, so behind what each message needs.
  var tally = ChannelTally()

  /// Confirms that are sent when the disk is that far.
  struct HeldConfirms {
    var sequences: ClosedRange<UInt64>
    /// nil until the end of the turn in which they were published.
    var position: Position?
  }

  /// Says that messages go to this exchange from now on.
  @inline(__always)
  func count(towards exchange: Exchange) {
    if countedExchange !== exchange { turn(to: exchange) }
  }

  @inline(never)
  private func turn(to exchange: Exchange) {
    settleCount()
    countedExchange = exchange
  }

  /// Writes down with the connection what was published to which exchange.
  func settleCount() {
    guard let countedExchange, published > countedFrom else { return }
    connection.notePublished(published - countedFrom, to: countedExchange)
    countedFrom = published
  }

  /// Holds back the confirm of the newest message.
  func holdConfirm() {
    let sequence = publishedSequence
    if let last = held.last, last.position == nil, last.sequences.upperBound == sequence - 1 {
      held[held.count - 1].sequences = last.sequences.lowerBound...sequence
    } else {
      held.append(HeldConfirms(sequences: sequence...sequence, position: nil))
    }
  }

  /// What is owed to the publisher; a channel that has left the first never changes again.
  enum Mode: UInt8 {
    case plain
    /// It wants to know of each message that it arrived.
    case confirming
    /// Messages and acknowledgements wait for a commit.
    case transactional
  }

  init(number: UInt16, connection: Connection) {
    self.number = number
    self.connection = connection
  }

  @inline(__always)
  var hasCredit: Bool {
    channelPrefetchCount == 0 || heldByConsumers < channelPrefetchCount
  }

  /// A method frame up to its arguments, for ``Connection/write(_:head:tail:)``.
  func methodHead(_ method: MethodIdentifier) -> [UInt8] {
    [
      FrameType.method.rawValue, UInt8(number >> 8), UInt8(number & 0xFF), 0, 0, 0, 0,
      UInt8(method.classID >> 8), UInt8(method.classID & 0xFF),
      UInt8(method.methodID >> 8), UInt8(method.methodID & 0xFF),
    ]
  }
}
