import ArgumentParser

/// Checks of the command line that more than one command makes.
enum Validation {
  static func checkPort(_ port: Int, of option: String = "--amqp-port") throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("\(option) \(port) is not a port; give a number from 0 to 65535")
    }
  }

  /// Checks customers a second, for each way of calling.
  static func checkLoad(_ load: Double?) throws {
    guard let load else { return }
    guard load >= 0, load <= SluiceCommand.loadLimit else {
      throw ValidationError(
        "--load \(load) is out of range; give 0 to \(Int(SluiceCommand.loadLimit))"
      )
    }
  }
}
