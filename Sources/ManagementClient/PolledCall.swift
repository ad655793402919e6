/// The questions that are asked again and again.
enum PolledCall: String, CaseIterable, Sendable, Hashable {
  case overview
  case nodes
  /// All connections, then channels, then consumers: their numbers must fit each other.
  case connections
  case channels
  case consumers
  case queues
  case exchanges
  case bindings

  /// The part of the time in which the broker may be busy with its answer.
  ///
  /// Together a twentieth, as if an answer kept a whole core busy; nearly all of it is for queues,
  /// whose list is the dearest. An answer's duration is the most that one process of the broker can
  /// have worked on it.
  var share: Double {
    switch self {
    case .overview: 0.01
    case .nodes: 0.002
    case .connections, .channels, .consumers: 0.004
    case .queues: 0.014
    case .exchanges: 0.002
    case .bindings: 0.002
    }
  }

  /// It is asked at most so often, in seconds, whatever it costs.
  var leastSeconds: Double { self == .bindings ? 30 : 0 }

  /// Beyond so many rows it is asked at most every ``PollingPlan/longListSeconds``.
  static let longList = 1_000

  func path(hasColumns: Bool) -> String {
    let columns: [String] =
      switch self {
      case .overview: OverviewAnswer.columns
      case .nodes: NodeAnswer.columns
      case .connections: ConnectionAnswer.columns
      case .channels: ChannelAnswer.columns
      case .consumers: ConsumerAnswer.columns
      case .queues: QueueAnswer.columns
      case .exchanges: ExchangeAnswer.columns
      case .bindings: BindingAnswer.columns
      }
    return "/api/" + rawValue + (hasColumns ? "?columns=" + columns.joined(separator: ",") : "")
  }
}
