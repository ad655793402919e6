import Canvas
import Telemetry

/// What stands over the screen and gets the keys.
enum Dialog: Sendable, Hashable {
  case confirmation(Confirmation)
  case menu(Menu)
  case form(Form)
  case columns(ColumnEditor)
  case message(MessageView)
  case lesson(LessonView)
  case why(WhyView)
}

extension Dialog {
  /// Whether letters are text in it.
  var isTyping: Bool {
    switch self {
    case .confirmation(let confirmation): confirmation.nameToType != nil
    case .menu(let menu): menu.isSearched
    case .form: true
    case .columns, .message, .lesson, .why: false
    }
  }
}

/// What becomes of a dialog when it got a key.
enum DialogAnswer: Sendable, Hashable {
  case stay
  case close
  /// Close it, and do what it was for.
  case choose(Choice)
  /// Keep it open, and do something meanwhile.
  case preview(Choice)
  /// Keep it open, and say why it cannot close yet.
  case refuse(String)
}

/// What a person chose in a dialog.
enum Choice: Sendable, Hashable {
  /// Do it, remember how to undo it, and say something until the outcome is known.
  case effects([Effect], undoable: Model.Undoable? = nil, saying: String? = nil)
  case action(Action)
  case sortBy(Panel, String)
  case columns(Panel, [String]?)
  case theme(String)
  case previewTheme(String)
  case form(Form)
  case message(RowIdentity, MessageAct)
  case allowChanges
  /// Ask for the figures of a fault.
  case faultForm(FaultRequest)
  /// Ask for the figures of a load shape.
  case shapeForm(LoadShape)
  /// Ask how much larger messages are to be.
  case sizeForm(bytes: Int)
  case lesson(LessonAct)
}

/// What can be done with a message that is shown.
enum MessageAct: Sendable, Hashable {
  case delete
  case park
  case copy
}
