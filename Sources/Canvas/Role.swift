/// What a piece of the screen means; the only thing that screens say about colour.
///
/// A name with a dot belongs to the group before the dot: ``parent`` is where a theme that does
/// not define a role is asked next, and ``base`` is the last.
package enum Role: UInt8, CaseIterable, Hashable, Sendable {
  case base
  /// Less important text.
  case muted
  case title
  /// The letters of keys, in borders and in the footer.
  case key
  case border
  /// The border of the panel that has the keys.
  case borderFocus
  /// The row that keys act on.
  case cursor
  /// The heads of columns.
  case header

  case state
  case stateOK
  case stateBusy
  case stateDraining
  case statePaused
  case stateSlow
  case stateStuck
  case stateGone
  case stateNone

  case alert
  case alertInformation
  case alertWarning
  case alertCritical

  case metric
  case metricReady
  case metricUnacked
  case metricPublish
  case metricDeliver
  case metricAck
  case metricRedeliver
  case metricDrop

  case graph
  case graphLow
  case graphMiddle
  case graphHigh
  case graphAxis
  case graphGap

  /// Names of things; the group is called `role` in theme files.
  case kind
  case kindExchange
  case kindQueue
  case kindConsumer

  case lab
  case labSynchronous
  case labAsynchronous
  case labFault

  case target
  case targetEmbedded

  case toast
  case log
  case logTime
}

extension Role {
  /// The name that theme files use.
  package var name: String {
    switch self {
    case .base: "base"
    case .muted: "muted"
    case .title: "title"
    case .key: "key"
    case .border: "border"
    case .borderFocus: "border.focus"
    case .cursor: "cursor"
    case .header: "header"
    case .state: "state"
    case .stateOK: "state.ok"
    case .stateBusy: "state.busy"
    case .stateDraining: "state.draining"
    case .statePaused: "state.paused"
    case .stateSlow: "state.slow"
    case .stateStuck: "state.stuck"
    case .stateGone: "state.gone"
    case .stateNone: "state.none"
    case .alert: "alert"
    case .alertInformation: "alert.info"
    case .alertWarning: "alert.warn"
    case .alertCritical: "alert.crit"
    case .metric: "metric"
    case .metricReady: "metric.ready"
    case .metricUnacked: "metric.unacked"
    case .metricPublish: "metric.publish"
    case .metricDeliver: "metric.deliver"
    case .metricAck: "metric.ack"
    case .metricRedeliver: "metric.redeliver"
    case .metricDrop: "metric.drop"
    case .graph: "graph"
    case .graphLow: "graph.low"
    case .graphMiddle: "graph.mid"
    case .graphHigh: "graph.high"
    case .graphAxis: "graph.axis"
    case .graphGap: "graph.gap"
    case .kind: "role"
    case .kindExchange: "role.exchange"
    case .kindQueue: "role.queue"
    case .kindConsumer: "role.consumer"
    case .lab: "lab"
    case .labSynchronous: "lab.sync"
    case .labAsynchronous: "lab.async"
    case .labFault: "lab.fault"
    case .target: "target"
    case .targetEmbedded: "target.embedded"
    case .toast: "toast"
    case .log: "log"
    case .logTime: "log.time"
    }
  }

  /// The role with a name from a theme file; nil when there is none.
  package init?(name: String) {
    guard let role = Self.byName[name] else { return nil }
    self = role
  }

  /// The role that a theme is asked for when it does not define this one; nil for ``base``.
  package var parent: Role? {
    if self == .base { return nil }
    guard let dot = name.lastIndex(of: ".") else { return .base }
    return Role(name: String(name[..<dot])) ?? .base
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}
