/// What a browser is shown: the dashboard is elsewhere, and here is what programs can ask.
enum IndexPage {
  static let contentType = "text/html; charset=utf-8"

  static let html: String = {
    let rows = RouteTable.all.routes.map { route in
      "<tr><td>\(route.method.rawValue)<td><code>\(route.pattern)</code><td>\(route.summary)"
        + "<td>\(route.access.rawValue)"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <title>Sluice Management</title>
      <h1>Sluice Management</h1>
      <p>RabbitMQ's management HTTP API over Sluice's broker. The dashboard is in the terminal:
      <code>sluice</code>. The description for programs is <a
      href="/api/openapi.json">/api/openapi.json</a>, metrics for Prometheus are <a
      href="/metrics">/metrics</a>.</p>
      <table>
      <tr><th>method<th>path<th>what it does<th>who may
      \(rows.joined(separator: "\n"))
      </table>

      """
  }()
}
