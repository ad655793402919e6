import Canvas
import JSONText
package import Telemetry

/// What a person wants in a file.
package enum ExportRequest: Sendable, Hashable {
  /// What happened in so many minutes: the last ones, or those around the instant at which the
  /// screen is frozen.
  case incident(minutes: Int)
  case tableAsCSV
  case tableAsJSON
  case screen

  /// What a file of it is called, before the time.
  fileprivate func stem(_ panel: Panel) -> String {
    switch self {
    case .incident: "sluice-incident"
    case .tableAsCSV, .tableAsJSON: "sluice-\(panel.rawValue)"
    case .screen: "sluice-screen"
    }
  }

  fileprivate var suffix: String {
    switch self {
    case .incident: "md"
    case .tableAsCSV: "csv"
    case .tableAsJSON: "json"
    case .screen: "txt"
    }
  }
}

/// A file that is to be written: its name, and how its content is made, which may take a while and
/// needs nothing of the dashboard any more.
package struct ExportJob: Sendable {
  /// Without a folder: `sluice-incident-2026-11-28-053512`.
  package var stem: String
  /// Without the dot.
  package var suffix: String
  /// Makes the content.
  package var content: @Sendable () -> String
}

extension Model {
  /// Lets the person choose what to write.
  func exporting() -> Decision {
    guard shown.broker != nil else { return .refuse("there is nothing to write yet") }
    let isFrozen = frozen != nil
    var items = Limits.reportMinutes.map { minutes in
      let span = minutes == 1 ? "minute" : "\(minutes) minutes"
      return Menu.Item(
        text: "incident report of the "
          + (isFrozen ? "\(span) around this instant" : "last \(span)"),
        note: "Markdown",
        key: minutes == 10 ? "0" : Unicode.Scalar(UInt8(ascii: "0") + UInt8(minutes)),
        choice: .effects([.export(.incident(minutes: minutes))], saying: "writing the report")
      )
    }
    let isTable = focus.tableFields != nil
    let table = "the table of \(focus.rawValue), as it is filtered and sorted"
    for (key, note, request) in [
      ("c", "CSV", ExportRequest.tableAsCSV), ("j", "JSON", .tableAsJSON),
    ] as [(Unicode.Scalar, String, ExportRequest)] {
      items.append(
        Menu.Item(
          text: isTable ? table : "the table",
          note: note,
          key: key,
          refusal: isTable ? nil : "there is no table under the keys here",
          choice: .effects([.export(request)])
        )
      )
    }
    items.append(
      Menu.Item(
        text: "the screen",
        note: "text",
        key: "t",
        choice: .effects([.export(.screen)])
      )
    )
    return .open(.menu(Menu(title: "export", items: items, isSearched: false)))
  }

  /// Prepares a file.
  ///
  /// - Parameters:
  ///   - request: What it is to hold.
  ///   - wallTime: The time of day, for its name.
  /// - Returns: How to make it.
  package func exportJob(_ request: ExportRequest, at wallTime: WallTime) -> ExportJob {
    let offset = options.timeZoneOffsetSeconds
    let date = Format.date(wallTime, offsetSeconds: offset)
    let time = Format.time(wallTime, offsetSeconds: offset).filter { $0 != ":" }
    return ExportJob(
      stem: "\(request.stem(focus))-\(date)-\(time)",
      suffix: request.suffix,
      content: content(of: request)
    )
  }

  private func content(of request: ExportRequest) -> @Sendable () -> String {
    switch request {
    case .incident(let minutes):
      let model = self
      return { IncidentReport.page(of: model, minutes: minutes) }
    case .tableAsCSV:
      let table = tableInView
      return { table?.csv ?? "" }
    case .tableAsJSON:
      let table = tableInView
      return { String(decoding: table?.json.bytes ?? [], as: UTF8.self) + "\n" }
    case .screen:
      // What stands over the screen is the menu that asked for this.
      var model = self
      model.dialog = nil
      return { [model] in textFrame(model) }
    }
  }
}
