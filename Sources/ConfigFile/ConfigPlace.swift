import Glibc

/// Where the config file is.
package enum ConfigPlace {
  /// Returns the path of the config file of whoever runs the program; nobody says that it is there.
  ///
  /// - Parameter environment: Returns a variable's value, nil when it is not set or empty.
  /// - Returns: nil when there is no home to look in.
  package static func standard(environment: (String) -> String?) -> String? {
    // A relative path there is to be ignored, says the XDG specification.
    if let folder = environment("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
      return "\(folder)/sluice/config.toml"
    }
    return environment("HOME").map { "\($0)/.config/sluice/config.toml" }
  }

  /// Whether choices can be remembered there; `/dev/null` is how a person says that they are not.
  package static func isRemembering(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }
}

extension Configuration {
  /// Reads a config file.
  ///
  /// - Parameter path: `/dev/null` and the like read as an empty file.
  /// - Returns: nil when there is no such file.
  /// - Throws: ``ConfigError`` when it cannot be read or used.
  package static func read(_ path: String) throws(ConfigError) -> Configuration? {
    guard let text = try ConfigStorage.text(of: path) else { return nil }
    return try Configuration(text: text, file: path)
  }
}
