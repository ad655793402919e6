/// Chance whose seed gives the same values on every machine.
final class Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in so many times.
  func once(in times: Int) -> Bool {
    upTo(times - 1) == 0
  }

  func upTo(_ limit: Int) -> Int {
    var generator = self
    return Int.random(in: 0...limit, using: &generator)
  }

  /// A number of any size, the extremes among them.
  func anyCount() -> UInt64 {
    switch upTo(9) {
    case 0: 0
    case 1: .max
    case 2: next()
    default: next() >> UInt64(upTo(60))
    }
  }

  func anyInteger() -> Int { Int(bitPattern: UInt(anyCount())) }

  func text() -> String {
    let texts = [
      "", "orders", "积分 发放", "naïve", "e\u{301}", "👩‍👩‍👧 家", "a\u{0}b", "\u{1B}[31m", "/", "x:y:1",
      String(repeating: "langer Name ", count: 30), "\u{FFFD}", "🇩🇪",
    ]
    let text = texts[upTo(texts.count - 1)]
    return once(in: 2) ? text : text + "-\(upTo(40))"
  }

  func maybe<Value>(_ value: (Dice) -> Value) -> Value? {
    once(in: 3) ? nil : value(self)
  }

  func choice<Choice: CaseIterable>(_ type: Choice.Type) -> Choice
  where Choice.AllCases == [Choice] {
    Choice.allCases[upTo(Choice.allCases.count - 1)]
  }
}
