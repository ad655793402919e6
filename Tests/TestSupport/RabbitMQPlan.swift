import Foundation

/// Where a RabbitMQ of a test listens, and as which node.
struct RabbitMQPlan: Sendable {
  /// With its host, as Erlang's distribution knows it.
  var name: String
  var port: Int
  var managementPort: Int
  var distributionPort: Int
  /// Of Erlang's port mapper (epmd), which the nodes of a cluster share.
  var mapperPort: Int
  /// What nodes of a cluster must have in common.
  var cookie: String
  /// Further lines of its `rabbitmq.conf`.
  var configuration: [String] = []

  /// A broker of its own, on ports that are free now.
  init() throws {
    port = try FreePort.next()
    managementPort = try FreePort.next()
    distributionPort = try FreePort.next()
    mapperPort = try FreePort.next()
    name = "sluice\(port)@localhost"
    cookie = "SLUICETESTS\(port)"
  }

  /// What it is told when it starts.
  ///
  /// - Parameter folder: Its own.
  /// - Returns: Variables of its environment.
  func environment(in folder: URL) -> [String: String] {
    func path(_ name: String) -> String { folder.appending(path: name).path }
    return [
      // The script then becomes the broker, and stays no process beside it.
      "RUNNING_UNDER_SYSTEMD": "true",
      "HOME": folder.path,
      "RABBITMQ_NODENAME": name,
      "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
      "RABBITMQ_NODE_PORT": String(port),
      "RABBITMQ_DIST_PORT": String(distributionPort),
      "ERL_EPMD_PORT": String(mapperPort),
      "ERL_EPMD_ADDRESS": "127.0.0.1",
      "RABBITMQ_MNESIA_BASE": path("mnesia"),
      "RABBITMQ_LOG_BASE": path("log"),
      "RABBITMQ_PID_FILE": path("node.pid"),
      "RABBITMQ_CONFIG_FILE": path("rabbitmq"),
      "RABBITMQ_ADVANCED_CONFIG_FILE": path("advanced.config"),
      "RABBITMQ_ENABLED_PLUGINS_FILE": path("enabled_plugins"),
      "RABBITMQ_CONF_ENV_FILE": path("env.conf"),
      "RABBITMQ_GENERATED_CONFIG_DIR": path("generated"),
      "RABBITMQ_SCHEMA_DIR": path("schema"),
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    ]
  }
}
