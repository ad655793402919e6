import JSONText
import Testing

@testable import ManagementServer

/// Who may ask for what (RabbitMQ, "Management Plugin", "Permissions").
@Suite struct ManagementAccessTests {
  private func makeUsers(_ desk: OpenDesk) async throws {
    for tag in ["management", "policymaker", "monitoring", "administrator", ""] {
      let name = tag.isEmpty ? "nobody" : tag
      let made = try await desk.ask(
        "PUT",
        "/api/users/\(name)",
        #"{"password":"x","tags":"\#(tag)"}"#
      )
      #expect(made.status == 201)
    }
  }

  @Test func eachTagOpensMore() async throws {
    try await OpenDesk.with { (desk: OpenDesk) async throws in
      try await makeUsers(desk)
      let expected: [(path: String, allowed: Set<String>)] = [
        ("/api/overview", ["management", "policymaker", "monitoring", "administrator"]),
        ("/api/parameters", ["policymaker", "administrator"]),
        ("/api/nodes", ["monitoring", "administrator"]),
        ("/api/findings", ["monitoring", "administrator"]), ("/api/users", ["administrator"]),
        ("/api/definitions", ["administrator"]),
      ]
      for (path, allowed) in expected {
        for name in ["management", "policymaker", "monitoring", "administrator", "nobody"] {
          let seen = try await desk.ask("GET", path, as: "\(name):x")
          #expect(seen.status == (allowed.contains(name) ? 200 : 401), "\(name) \(path)")
        }
      }
    }
  }

  @Test func aUserSeesItsOwnVirtualHosts() async throws {
    try await OpenDesk.with { (desk: OpenDesk) async throws in
      try await makeUsers(desk)
      for name in ["mine", "other"] {
        #expect(try await desk.ask("PUT", "/api/vhosts/\(name)").status == 201)
        // Who makes a virtual host has no permissions in it.
        let all = #"{"configure":".*","write":".*","read":".*"}"#
        #expect(try await desk.ask("PUT", "/api/permissions/\(name)/guest", all).status == 201)
        #expect(try await desk.ask("PUT", "/api/queues/\(name)/q", "{}").status == 201)
      }
      let rule = #"{"configure":"^q","write":"^$","read":"^q"}"#
      #expect(try await desk.ask("PUT", "/api/permissions/mine/management", rule).status == 201)
      let user = "management:x"
      let queues = try await desk.ask("GET", "/api/queues?columns=vhost", as: user)
      #expect(queues.json == [["vhost": "mine"]])
      #expect(try await desk.ask("GET", "/api/queues/other", as: user).status == 401)
      #expect(try await desk.ask("GET", "/api/queues/none", as: user).status == 404)
      // What its permissions in there forbid is refused as to a client.
      #expect(try await desk.ask("PUT", "/api/queues/mine/x", "{}", as: user).status == 401)
      #expect(try await desk.ask("PUT", "/api/queues/mine/q2", "{}", as: user).status == 201)
      let message =
        #"{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}"#
      let published = try await desk.ask(
        "POST",
        "/api/exchanges/mine/amq.default/publish",
        message,
        as: user
      )
      #expect(published.status == 401)
    }
  }

  @Test func guestIsForThisMachineAlone() async throws {
    try await OpenDesk.with { (desk: OpenDesk) async throws in
      #expect(try await desk.ask("GET", "/api/whoami", from: "192.0.2.1:5").status == 401)
      #expect(try await desk.ask("GET", "/api/whoami", as: "guest:wrong").status == 401)
      #expect(try await desk.ask("GET", "/api/whoami", as: nil).asksForPassword)
      #expect(try await desk.ask("GET", "/metrics", as: nil).status == 200)
    }
  }
}
