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
  /// The sign before a row that was marked.
  case mark
  /// What a filter or a search found in a text.
  case match
  /// The heads of columns.
  case header
  /// The head of the column that rows are sorted by.
  case headerSorted

  case state
  case stateOK
  case stateBusy
  case stateDraining
  case statePaused
  case stateSlow
  case stateStuck
  case statePoison
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
  case metricDead

  case graph
  case graphLow
  case graphMiddle
  case graphHigh
  case graphAxis
  case graphOnset
  case graphGap

  /// Names of things; the group is called `role` in theme files.
  case kind
  case kindProducer
  case kindExchange
  case kindQueue
  case kindConsumer
  case kindBinding

  case lab
  case labSynchronous
  case labAsynchronous
  case labFault
  case labAnswer

  case target
  case targetEmbedded
  case targetAttached
  case targetProduction

  case toast
  case log
  case logTime
  /// A field that takes text.
  case input
  /// What is wrong with a field's text.
  case inputError
  case button
  case buttonFocus
  /// What stands over the screen and waits for an answer.
  case dialog
  case scrollbar
  case json
  case jsonKey
  case jsonString
  case jsonNumber
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
    case .mark: "mark"
    case .match: "match"
    case .header: "header"
    case .headerSorted: "header.sorted"
    case .state: "state"
    case .stateOK: "state.ok"
    case .stateBusy: "state.busy"
    case .stateDraining: "state.draining"
    case .statePaused: "state.paused"
    case .stateSlow: "state.slow"
    case .stateStuck: "state.stuck"
    case .statePoison: "state.poison"
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
    case .metricDead: "metric.dead"
    case .graph: "graph"
    case .graphLow: "graph.low"
    case .graphMiddle: "graph.mid"
    case .graphHigh: "graph.high"
    case .graphAxis: "graph.axis"
    case .graphOnset: "graph.onset"
    case .graphGap: "graph.gap"
    case .kind: "role"
    case .kindProducer: "role.producer"
    case .kindExchange: "role.exchange"
    case .kindQueue: "role.queue"
    case .kindConsumer: "role.consumer"
    case .kindBinding: "role.binding"
    case .lab: "lab"
    case .labSynchronous: "lab.sync"
    case .labAsynchronous: "lab.async"
    case .labFault: "lab.fault"
    case .labAnswer: "lab.answer"
    case .target: "target"
    case .targetEmbedded: "target.embedded"
    case .targetAttached: "target.attached"
    case .targetProduction: "target.production"
    case .toast: "toast"
    case .log: "log"
    case .logTime: "log.time"
    case .input: "input"
    case .inputError: "input.error"
    case .button: "button"
    case .buttonFocus: "button.focus"
    case .dialog: "dialog"
    case .scrollbar: "scrollbar"
    case .json: "json"
    case .jsonKey: "json.key"
    case .jsonString: "json.string"
    case .jsonNumber: "json.number"
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
