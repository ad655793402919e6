import Telemetry

/// The forms of the lab: the figures of a fault and of a load shape.
extension Model {
  /// The figures of a fault, filled with those of a request.
  func faultForm(_ request: FaultRequest) -> Form {
    let kind = request.kind
    var fields: [Form.Field] = []
    if let unit = kind.unit {
      let range =
        "\(Format.count(kind.amounts.lowerBound)) to \(Format.count(kind.amounts.upperBound))"
      fields.append(.text(Form.amount(unit), String(request.amount), hint: range))
    }
    if kind.strikesSteps {
      fields.append(.text(Form.probability, String(request.percent), hint: "1 to 100"))
      fields.append(
        .text(Form.times, request.count.map(String.init) ?? "", hint: "empty: without an end")
      )
    }
    if !kind.isInstant {
      let seconds = request.seconds.map { Format.plain($0) } ?? ""
      fields.append(.text(Form.duration, seconds, hint: "empty: until it is healed"))
    }
    if kind.strikesSteps {
      fields.append(.text(Form.seed, String(request.seed), hint: "decides which steps are struck"))
    }
    return Form(
      purpose: .fault(service: request.service, kind: kind),
      title: "\(FaultText.menuName(of: kind)) on \(request.service)",
      fields: fields,
      verb: "break it"
    )
  }

  /// The figures of a load shape.
  func shapeForm(_ shape: LoadShape) -> Form {
    Form(
      purpose: .shape(shape.kind),
      title: "load: \(shape.kind.rawValue)",
      fields: [
        .text(
          Form.factor,
          Format.plain(shape.factor),
          hint: shape.kind == .burst ? "seconds' worth of customers" : "times the load"
        ),
        .text(Form.duration, Format.plain(shape.seconds), hint: "0.1 to 3600"),
      ],
      verb: "set"
    )
  }
}

extension Model {
  /// How much larger messages are to be, in bytes.
  func sizeForm(_ bytes: Int) -> Form {
    let most = Limits.messageBytes
    return Form(
      purpose: .messageBytes,
      title: "messages",
      fields: [
        .text(Form.size, String(bytes), hint: "0 to \(most), or with a k: \(most / 1_024)k")
      ],
      verb: "set"
    )
  }
}

extension Form {
  static let size = "bytes more"
  static let probability = "probability, %"
  static let times = "how many times"
  static let duration = "duration, s"
  static let seed = "seed"
  static let factor = "factor"

  static func amount(_ unit: String) -> String { "amount, \(unit)" }

  /// Reads the fault that was asked for.
  func fault(_ kind: FaultKind, on service: String) throws(Mistake) -> FaultRequest {
    var request = FaultRequest(service: service, kind: kind)
    if let unit = kind.unit {
      request.amount = try number(
        in: Self.amount(unit),
        from: kind.amounts.lowerBound,
        to: kind.amounts.upperBound
      )
    }
    if kind.strikesSteps {
      request.percent = try number(in: Self.probability, from: 1, to: 100)
      if !text(of: Self.times).isEmpty {
        request.count = try number(in: Self.times, from: 1, to: Limits.faultTimes)
      }
      request.seed = UInt64(try number(in: Self.seed, from: 0, to: .max))
    }
    if !kind.isInstant, !text(of: Self.duration).isEmpty {
      request.seconds = try decimal(in: Self.duration, from: 0.1, to: 3_600)
    }
    return request
  }

  /// Reads the load shape that was asked for.
  func shape(_ kind: LoadShapeKind) throws(Mistake) -> LoadShape {
    LoadShape(
      kind: kind,
      factor: try decimal(in: Self.factor, from: 1, to: 1_000),
      seconds: try decimal(in: Self.duration, from: 0.1, to: 3_600)
    )
  }

  /// Reads a size: `1500`, `16k`, `1.5 KB`.
  func messageBytes() throws(Mistake) -> Int {
    let most = Limits.messageBytes
    let typed = text(of: Self.size).lowercased().filter { $0 != " " }
    let digits = typed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = ["": 1.0, "b": 1, "k": 1_024, "kb": 1_024][typed.dropFirst(digits.count)]
    guard let unit, let number = Double(digits), number * unit <= Double(most) else {
      throw Mistake(
        field: Self.size,
        text: "write bytes from 0 to \(most), 1500 or 16k say; \(most / 1_024)k is the most"
      )
    }
    return Int(number * unit)
  }

  private func decimal(
    in field: String,
    from least: Double,
    to most: Double
  ) throws(Mistake)
    -> Double
  {
    guard let value = Double(text(of: field)), value >= least, value <= most else {
      let range = "\(Format.plain(least)) to \(Format.plain(most))"
      throw Mistake(field: field, text: "write a number from \(range)")
    }
    return value
  }
}
