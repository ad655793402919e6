import Diagnosis
import TOMLText

/// Which rules of the diagnosis are switched off, and from which numbers on they speak.
extension ConfigReader {
  mutating func readDiagnosis(_ entries: [String: TOMLNode]) {
    for (name, node) in entries {
      let path = ["diagnosis", name]
      if name == "off" {
        readOff(node, path)
        continue
      }
      guard let rule = Rule(rawValue: name) else {
        warn(
          path,
          "no rule \(quoted(name))",
          nearest: name,
          ["off"] + Rule.allCases.map(\.rawValue)
        )
        continue
      }
      guard let parts = table(node, path) else { continue }
      for (key, value) in parts { readThreshold(key, of: rule, value, path + [key]) }
    }
  }

  private mutating func readOff(_ node: TOMLNode, _ path: [String]) {
    guard case .array(let nodes) = node else {
      refuse(path, "the rules are no list", "write off = [\"surge\"]")
      return
    }
    for node in nodes {
      guard let name = string(node, path, example: "off = [\"surge\"]") else { return }
      guard let rule = Rule(rawValue: name) else {
        warn(path, "no rule \(quoted(name))", nearest: name, Rule.allCases.map(\.rawValue))
        continue
      }
      result.tuning.off.insert(rule)
    }
  }

  private mutating func readThreshold(
    _ key: String,
    of rule: Rule,
    _ node: TOMLNode,
    _ path: [String]
  ) {
    let known = Threshold.allCases.filter { $0.rule == rule }
    guard let threshold = known.first(where: { $0.key == key }) else {
      if known.isEmpty {
        warn(path, "rule \(quoted(rule.rawValue)) has no numbers", "take the line out")
      } else {
        let keys = known.map(\.key)
        warn(path, "unknown key \(quoted(key)) of a rule", nearest: key, keys)
      }
      return
    }
    let range = threshold.range
    let mend = "write a whole number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
    guard case .integer(let value) = node, range.contains(Double(value)) else {
      refuse(path, "the value of \(quoted(key)) is out of range", mend)
      return
    }
    result.tuning[threshold] = Double(value)
  }
}
