/// What a key can do; the raw value is its name in the config file and in the palette.
package enum Action: String, Hashable, Sendable, CaseIterable {
  case moveUp = "move-up"
  case moveDown = "move-down"
  case moveFirst = "move-first"
  case moveLast = "move-last"
  case pageUp = "page-up"
  case pageDown = "page-down"
  case nextPanel = "next-panel"
  case previousPanel = "previous-panel"
  case sortLeft = "sort-left"
  case sortRight = "sort-right"

  case showOverview = "overview"
  case showQueues = "queues"
  case showExchanges = "exchanges"
  case showConsumers = "consumers"
  case showConnections = "connections"
  case showLab = "lab"
  case showEvents = "events"
  case showTopology = "topology"
  case open
  case enlarge

  case why
  case filter
  case trouble
  case sort
  case invertSort = "invert-sort"
  case wide
  case columns
  case mark
  case markAll = "mark-all"
  case freeze
  case scrubBack = "scrub-back"
  case scrubForward = "scrub-forward"
  case scrubFarBack = "scrub-far-back"
  case scrubFarForward = "scrub-far-forward"
  case goLive = "live"
  case zoomIn = "zoom-in"
  case zoomOut = "zoom-out"
  case record
  case copy
  case export
  case theme
  case palette
  case rowMenu = "row-menu"
  case help
  case close
  case repaint
  case refreshFaster = "refresh-faster"
  case refreshSlower = "refresh-slower"

  case peek
  case tap
  case publishOne = "publish"
  case publishForm = "publish-form"
  case burst
  case loadUp = "load-up"
  case loadDown = "load-down"
  case mode
  case pause
  case undo
  case fault
  case healAll = "heal-all"
  case add
  case loadMenu = "load-menu"
  case knobUp = "knob-up"
  case knobDown = "knob-down"
  case lesson
  case repeatStep = "repeat-step"
  case create
  case bind
  case prefetch
  case readOnly = "read-only"
  case target

  case kill
  case cancel
  case closeConnection = "close-connection"
  case purge
  case delete
  case move
  case redrive

  case quit
  case quitNow = "quit-now"
  case suspend
}
