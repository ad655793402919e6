import Canvas
import Dashboard

/// Presses keys written as words: `j j Tab K`.
///
/// - Returns: What came of all of them.
@discardableResult
func press(_ keys: String, in model: inout Model) -> [Effect] {
  let named: [String: Key] = [
    "Tab": .tab, "S-Tab": .backTab, "Esc": .escape, "Enter": .enter, "Home": .home, "End": .end,
    "PgUp": .pageUp, "PgDn": .pageDown, "Up": .up, "Down": .down, "Left": .left, "Right": .right,
    "F1": .function(1), "F8": .function(8), "F9": .function(9), "F10": .function(10),
    "^C": .control("c"), "^L": .control("l"), "^Z": .control("z"), "^U": .control("u"),
    "Space": .character(" "), "Bksp": .backspace,
  ]
  var effects: [Effect] = []
  for word in keys.split(separator: " ") {
    guard let key = named[String(word)] ?? word.unicodeScalars.first.map({ .character($0) })
    else { continue }
    effects += update(&model, .key(key))
  }
  return effects
}
