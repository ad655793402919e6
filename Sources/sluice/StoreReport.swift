import Canvas
import Glibc
import Store

/// What the commands on a store print.
enum StoreReport {
  private static let titles = ["file", "bytes", "records", "messages", "settlements"]

  /// A table of the segments, the faults, and whether it is whole.
  static func lines(of inspection: Inspection) -> [String] {
    let rows = inspection.segments.map { segment in
      [
        segment.file, "\(segment.bytes)", "\(segment.recordCount)", "\(segment.liveCount)",
        "\(segment.settlementCount)",
      ]
    }
    let table = rows.isEmpty ? [] : aligned([titles] + rows)
    return table + lines(of: inspection.faults) + [verdict(on: inspection)]
  }

  /// The faults, and what was copied.
  static func lines(of salvage: Salvage, into directory: String) -> [String] {
    let topology = salvage.hasTopology ? "; topology is copied" : ""
    return lines(of: salvage.faults) + [
      SafeText.clean(
        "salvaged \(counted(salvage.messageCount, "message")) into \(directory)\(topology)"
      )
    ]
  }

  private static func lines(of faults: [StoreFault]) -> [String] {
    faults.map { SafeText.clean($0.description) }
  }

  private static func verdict(on inspection: Inspection) -> String {
    guard inspection.faults.isEmpty else {
      let lossCount = inspection.faults.count(where: \.isLoss)
      let faults = counted(inspection.faults.count, "fault")
      let verb = lossCount == 1 ? "loses" : "lose"
      return "damaged: \(faults), of which \(lossCount) \(verb) messages"
    }
    let messages = counted(inspection.segments.reduce(0) { $0 + $1.liveCount }, "message")
    return "whole: \(messages) in \(counted(inspection.segments.count, "segment"))"
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Columns as wide as their longest cell, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + space : space + row[column]
      }
      return cells.joined(separator: "  ")
    }
  }
}

extension Announcement {
  /// Says in one line why a data directory cannot be read.
  ///
  /// - Returns: 64 when it is no directory, 78 when it is not a store of this version, else 1.
  static func complain(_ error: StoreError, about directory: String) -> ExitStatus {
    switch error {
    case .inUse(let directory):
      report("\(directory): a broker uses it; stop that first, then try again")
      return .failure
    case .unknownVersion(let file, let found, let known):
      report(
        "\(directory)/\(file) is of version \(found), and this sluice knows \(known); "
          + "use the one that wrote it, or a newer one"
      )
      return .configuration
    case .notAStore(let file):
      report(
        "\(directory) is not a store: its file \(file) is missing or something else; "
          + "give the data directory of a broker"
      )
      return .configuration
    case .system("opendir", _, ENOENT), .system("opendir", _, ENOTDIR):
      report("\(directory): there is no such directory; give the data directory of a broker")
      return .usage
    case .system(let call, let file, let code):
      report("\(place(directory, file)): \(call): \(String(cString: strerror(code)))")
      return .failure
    case .recordTooLong(let bytes, let limit):
      report("\(directory): a message has \(bytes) bytes, at most \(limit) can be stored")
      return .failure
    case .noRecord(let position):
      report("\(directory): there is no message at \(position.segment):\(position.offset)")
      return .failure
    }

    func report(_ text: String) { complain(SafeText.clean(text)) }
  }

  /// Says in one line why a new data directory was not written.
  static func complain(_ error: StoreError, writing directory: String) -> ExitStatus {
    let problem =
      switch error {
      case .inUse: "another process uses it"
      case .system(let call, let file, let code):
        "\(call) \(file): \(String(cString: strerror(code)))"
      case .recordTooLong(let bytes, let limit):
        "a message has \(bytes) bytes, at most \(limit) can be stored"
      case .unknownVersion, .notAStore, .noRecord: "somebody else writes to it"
      }
    complain(
      SafeText.clean(
        "\(directory) cannot be written: \(problem); delete what is there and try again, or give "
          + "another --into"
      )
    )
    return .failure
  }

  /// A file as a person can find it; some calls name it without its directory.
  private static func place(_ directory: String, _ file: String) -> String {
    file.contains("/") ? file : "\(directory)/\(file)"
  }
}
