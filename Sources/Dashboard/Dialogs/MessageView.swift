import Canvas
import Telemetry

/// One message, whole: properties, headers, where it died, and its body.
struct MessageView: Sendable, Hashable {
  var message: MessageSnapshot
  /// Where it is; nil for one that passed a tap or that a consumer holds.
  var queue: QueueIdentity?
  /// The first line that is shown.
  var top = 0

  mutating func take(_ key: Key, page: Int, last: Int) -> DialogAnswer {
    switch key {
    case .escape, .enter, .character("q"), .control("g"): return .close
    case .up, .character("k"): top -= 1
    case .down, .character("j"): top += 1
    case .pageUp, .control("b"), .control("u"): top -= page
    case .pageDown, .control("f"), .control("d"), .character(" "): top += page
    case .home, .character("g"): top = 0
    case .end, .character("G"): top = last
    case .character("y"): return .choose(.effects([.copy(bodyForCopy)], saying: "body copied"))
    case .character("D"):
      guard queue != nil else { return .refuse("it is in no queue that could lose it") }
      return .choose(.message(.message(identifier: message.identifier), .delete))
    case .character("M"):
      guard queue != nil else { return .refuse("it is in no queue that it could leave") }
      return .choose(.message(.message(identifier: message.identifier), .park))
    case .mouse(let event):
      if event.kind == .wheelUp { top -= 3 }
      if event.kind == .wheelDown { top += 3 }
    default: break
    }
    top = min(max(0, top), max(0, last))
    return .stay
  }

  private var bodyForCopy: String {
    MessageSnapshot.text(message.body[...]) ?? message.bodyText
  }
}
