/// What a key can do.
package enum Action: Hashable, Sendable, CaseIterable {
  case moveUp
  case moveDown
  case moveFirst
  case moveLast
  case pageUp
  case pageDown
  case nextPanel
  case previousPanel
  case freeze
  case help
  case close
  case publishOne
  case burst
  case loadUp
  case loadDown
  case mode
  case pause
  case undo
  case kill
  case crash
  case quit
  case quitNow
  case suspend
  case repaint
}
