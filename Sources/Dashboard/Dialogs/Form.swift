import Canvas
import Telemetry

/// Some fields to fill in, and a button.
struct Form: Sendable, Hashable {
  /// What it is for.
  enum Purpose: Sendable, Hashable {
    case publish
    case createQueue
    case createExchange
    case bind
    case prefetch(consumer: UInt64, name: String, old: Int)
    case closeConnection(identifier: UInt64)
    case closeChannel(connection: UInt64, number: UInt16)
    case move(QueueIdentity, count: Int)
    case park(QueueIdentity, identifier: UInt64)
    case fault(service: String, kind: FaultKind)
    case shape(LoadShapeKind)
    case messageBytes
  }

  /// One thing to fill in.
  struct Field: Sendable, Hashable {
    enum Content: Sendable, Hashable {
      case text(TextField)
      case choice([String], chosen: Int)
    }

    /// Its name: what ``Form/text(of:)`` is asked for, and what stands before it.
    var name: String
    var content: Content
    /// What to write into it, shown while it is empty.
    var hint = ""
    /// What its text may be the beginning of.
    var completions: [String] = []

    /// What is left of the first completion that goes on from the text.
    var completion: String? {
      guard case .text(let field) = content, !field.isEmpty, field.cursor == field.scalars.count
      else { return nil }
      let text = field.text
      guard let found = completions.first(where: { $0.hasPrefix(text) && $0 != text }) else {
        return nil
      }
      return SafeText.clean(String(found.dropFirst(text.count)))
    }
  }

  var purpose: Purpose
  var title: String
  var fields: [Field]
  /// The word of the button.
  var verb: String
  /// Which field has the keys; the button stands behind the last.
  var focus = 0
  /// What is wrong, and with which field.
  var mistake: Mistake?

  /// Why a form cannot be sent.
  struct Mistake: Error, Sendable, Hashable {
    var field: String
    var text: String
  }

  var isButtonFocused: Bool { focus >= fields.count }

  /// What a field holds now.
  func text(of name: String) -> String {
    guard let field = fields.first(where: { $0.name == name }) else { return "" }
    switch field.content {
    case .text(let text): return text.text
    case .choice(let choices, let chosen):
      return choices.indices.contains(chosen) ? choices[chosen] : ""
    }
  }

  mutating func take(_ key: Key) -> DialogAnswer {
    if !isButtonFocused, edit(key) {
      mistake = nil
      return .stay
    }
    switch key {
    case .escape, .control("g"): return .close
    case .tab, .down: focus = (focus + 1) % (fields.count + 1)
    case .backTab, .up: focus = (focus + fields.count) % (fields.count + 1)
    case .enter: return .choose(.form(self))
    case .mouse, .character, .control, .left, .right, .home, .end, .pageUp, .pageDown, .backspace,
      .delete, .insert, .function, .pasted, .unknown:
      break
    }
    return .stay
  }

  /// Gives a key to the field that has them.
  private mutating func edit(_ key: Key) -> Bool {
    switch fields[focus].content {
    case .text(var text):
      if key == .right, let rest = fields[focus].completion {
        text.replace(with: text.text + rest)
      } else if !text.take(key) {
        return false
      }
      fields[focus].content = .text(text)
      return true
    case .choice(let choices, let chosen):
      let step: Int
      switch key {
      case .left, .character("h"): step = choices.count - 1
      case .right, .character("l"), .character(" "): step = 1
      case .mouse, .character, .control, .up, .down, .home, .end, .pageUp, .pageDown, .tab,
        .backTab, .enter, .escape, .backspace, .delete, .insert, .function, .pasted, .unknown:
        return false
      }
      fields[focus].content = .choice(choices, chosen: (chosen + step) % max(1, choices.count))
      return true
    }
  }
}

extension Form.Field {
  /// A field for text.
  static func text(
    _ name: String,
    _ text: String = "",
    hint: String = "",
    completions: [String] = [],
    isMultiline: Bool = false
  ) -> Form.Field {
    let limit = isMultiline ? Limits.bodyBytes : Limits.fieldCharacters
    return Form.Field(
      name: name,
      content: .text(TextField(text, isMultiline: isMultiline, limit: limit)),
      hint: hint,
      completions: completions
    )
  }

  /// A field to choose in.
  static func choice(_ name: String, _ choices: [String], chosen: String? = nil) -> Form.Field {
    let place = chosen.flatMap { choices.firstIndex(of: $0) } ?? 0
    return Form.Field(name: name, content: .choice(choices, chosen: place))
  }
}
