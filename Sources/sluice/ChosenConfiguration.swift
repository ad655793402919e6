import Canvas
import ConfigFile
import Dashboard

/// The config file that this run of the program uses, and what it says.
struct ChosenConfiguration: Sendable {
  var configuration = Configuration()
  /// What was read, or is to be made; nil when there is no place for it, or none is wanted.
  var path: String?

  /// Reads the file that was asked for, by `--config` or `SLUICE_CONFIG`, else the person's own.
  ///
  /// - Parameter named: The value of `--config`.
  /// - Returns: After complaints the code to exit with.
  static func read(_ named: String?) -> Result<ChosenConfiguration, ExitStatus> {
    let asked = named ?? Environment.value("SLUICE_CONFIG")
    let place = asked ?? ConfigPlace.standard(environment: Environment.value)
    guard let path = place else { return .success(ChosenConfiguration()) }
    do throws(ConfigError) {
      let found = try Configuration.read(path)
      if found == nil, asked != nil {
        let file = SafeText.clean(path)
        Announcement.complain("\(file): no such config file; make it, or give --config /dev/null")
        return .failure(.usage)
      }
      let configuration = found ?? Configuration()
      for warning in configuration.warnings { Announcement.complain("warning: \(warning)") }
      return .success(
        ChosenConfiguration(
          configuration: configuration,
          path: ConfigPlace.isRemembering(path) ? path : nil
        )
      )
    } catch {
      for mistake in error.mistakes { Announcement.complain(mistake.description) }
      return .failure(.configuration)
    }
  }
}

extension ChosenConfiguration {
  /// How often to look, when the file says so.
  var refresh: RefreshInterval? {
    configuration.settings.refreshSeconds.map { RefreshInterval(seconds: $0) }
  }
}
