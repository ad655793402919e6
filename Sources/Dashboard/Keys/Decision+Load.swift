import Canvas
import Telemetry

/// How customers come, who takes part, and what the scenario lets a person turn.
extension Model {
  /// The shapes of the load menu with their keys.
  private static let shapes: [(key: Unicode.Scalar, name: String, shape: LoadShape)] = [
    ("1", "step", LoadShape(kind: .step, factor: 5, seconds: 20)),
    ("2", "ramp", LoadShape(kind: .ramp, factor: 5, seconds: 30)),
    ("3", "spike", LoadShape(kind: .spike, factor: 10, seconds: 20)),
    ("4", "sine", LoadShape(kind: .sine, factor: 2, seconds: 20)),
    ("5", "bursts", LoadShape(kind: .burst, factor: 5, seconds: 10)),
  ]

  private static let sizes: [(key: Unicode.Scalar, bytes: Int)] = [
    ("6", 0), ("7", 1_024), ("8", 16 * 1_024), ("9", 64 * 1_024),
  ]

  private static func sizeText(_ bytes: Int) -> String {
    bytes == 0 ? "as small as they are" : "\(Format.bytes(bytes)) larger"
  }

  /// What makes messages larger.
  func sizing(_ bytes: Int) -> Choice {
    let text = "messages are \(Self.sizeText(bytes))"
    return .effects(
      [
        .setMessageBytes(bytes),
        .record(text: "\(text) (you, b)", severity: .information),
      ],
      undoable: .changedMessageBytes(old: live.lab?.messageBytes ?? 0),
      saying: text
    )
  }

  func choosingLoad() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    guard let lab = live.lab else { return .refuse("the scenario has not started yet") }
    var items = [
      Menu.Item(
        text: "burst     \(Limits.burstCount) customers at once",
        key: "b",
        choice: customersChoice(Limits.burstCount)
      )
    ]
    for (key, name, shape) in [("p", "the peak", lab.peak)] + Self.shapes {
      items.append(
        Menu.Item(
          text: padded(name) + shape.description(perSecond: load),
          note: lab.shape == shape ? "now" : "",
          key: key,
          quick: shaping(shape),
          choice: .shapeForm(shape)
        )
      )
    }
    items.append(
      Menu.Item(
        text: padded("steady") + "\(Format.rate(load))/s, as + and - set it",
        note: lab.shape.kind == .steady ? "now" : "",
        key: "0",
        choice: shaping(.steady)
      )
    )
    if let replay = lab.replay {
      items.append(
        Menu.Item(
          text: padded("replay") + replay.description(perSecond: load),
          note: lab.shape.kind == .replay ? "now" : "",
          key: "r",
          choice: shaping(replay)
        )
      )
    }
    for (key, bytes) in Self.sizes {
      items.append(
        Menu.Item(
          text: padded("messages") + Self.sizeText(bytes),
          note: lab.messageBytes == bytes ? "now" : "",
          key: key,
          quick: sizing(bytes),
          choice: .sizeForm(bytes: bytes)
        )
      )
    }
    let isOwnSize = !Self.sizes.contains { $0.bytes == lab.messageBytes }
    items.append(
      Menu.Item(
        text: padded("messages") + "as much larger as you say",
        note: isOwnSize ? "now \(Format.bytes(lab.messageBytes))" : "",
        key: "m",
        choice: .sizeForm(bytes: lab.messageBytes)
      )
    )
    return .open(
      .menu(
        Menu(
          title: "load",
          heading: "a key does it at once, Enter asks for the figures",
          items: items,
          isSearched: false
        )
      )
    )
  }

  private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(1, 10 - name.utf8.count))
  }

  private func customersChoice(_ count: Int) -> Choice {
    guard case .act(let effects, _, let text) = customers(count) else {
      return .effects([], saying: "the customers' process is not there; u brings it back")
    }
    return .effects(effects, saying: text)
  }

  /// What gives the load a shape.
  func shaping(_ shape: LoadShape) -> Choice {
    let text = "load: \(shape.description(perSecond: load))"
    return .effects(
      [
        .setShape(shape),
        .record(text: "\(text) (you, b)", severity: .information),
      ],
      undoable: .changedShape(old: live.lab?.shape ?? .steady),
      saying: text
    )
  }

  func adding() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    var items: [Menu.Item] = []
    for (index, service) in (live.lab?.joinable ?? []).prefix(9).enumerated() {
      items.append(
        Menu.Item(
          text: "\(service) joins",
          key: Unicode.Scalar(UInt8(ascii: "1") + UInt8(index)),
          choice: .effects(
            [
              .join(service: service),
              .record(text: "\(service) joins (you, a)", severity: .information),
            ],
            saying: "\(service) joins"
          )
        )
      )
    }
    let chosen = serviceForFaults
    let name = chosen?.service ?? "service"
    let count = live.lab?.services.count { $0.service == name } ?? 0
    var refusal: String?
    if chosen == nil {
      refusal = "choose a service first"
    } else if chosen?.queue == nil {
      refusal = "\(name) consumes no queue: more of it would do nothing"
    }
    items.append(
      Menu.Item(
        text: "one more \(name)",
        note: "now \(count)",
        key: "+",
        refusal: refusal,
        choice: .effects(
          [.addInstance(service: name)],
          undoable: .addedInstance(service: name),
          saying: "one more \(name)"
        )
      )
    )
    items.append(
      Menu.Item(
        text: "one fewer \(name)",
        key: "-",
        refusal: refusal ?? (count > 1 ? nil : "\(name) has one process; K kills it"),
        choice: .effects([.removeInstance(service: name)], saying: "one fewer \(name)")
      )
    )
    return .open(.menu(Menu(title: "add", items: items, isSearched: false)))
  }

  func turningKnob(isUp: Bool) -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    guard let knob = live.lab?.knob, let old = knobValue else {
      return .refuse("this scenario has nothing to turn")
    }
    let next = isUp ? knob.values.first { $0 > old } : knob.values.last { $0 < old }
    guard let next else {
      return .refuse("\(knob.label): \(old)\(knob.unit) is the \(isUp ? "most" : "least")")
    }
    let text = "\(knob.label) \(Format.count(old))\(knob.unit) to \(Format.count(next))\(knob.unit)"
    return .act(
      [
        .turnKnob(value: next),
        .record(text: "\(text) (you, \(isUp ? "}" : "{"))", severity: .information),
      ],
      undoable: [.turnedKnob(old: old)],
      saying: text
    )
  }
}

extension LoadShape {
  /// What it does, in a few words.
  ///
  /// - Parameter perSecond: The rate around which it moves, in customers a second.
  /// - Returns: `between 4.0/s and 16.0/s, every 20 s`, say.
  func description(perSecond: Double) -> String {
    let times = factor == factor.rounded() ? Format.count(Int(factor)) : Format.rate(factor)
    let span = Format.seconds(seconds)
    switch kind {
    case .steady: return "steady"
    case .step: return "\(times) times for \(span)"
    case .ramp: return "up to \(times) times within \(span)"
    case .spike: return "up to \(times) times and back in \(span)"
    case .sine:
      let least = Format.rate(perSecond / max(1, factor))
      return "between \(least)/s and \(Format.rate(perSecond * factor))/s, every \(span)"
    case .burst: return "\(times) seconds' worth at once, every \(span)"
    case .replay:
      let count = arrivals.count
      let noun = count == 1 ? "arrival" : "arrivals"
      return "\(Format.count(count)) \(noun) in \(Format.seconds(arrivals.last ?? 0))"
    }
  }
}
