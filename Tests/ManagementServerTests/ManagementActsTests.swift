import AMQP
import AMQPClient
import AMQPServer
import Foundation
import JSONText
import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebText

@testable import ManagementServer

/// What is done over HTTP, as real clients see it.
@Suite struct ManagementActsTests {
  private func withClient(
    _ body: (OpenDesk, AMQPConnection) async throws -> Void
  ) async throws {
    try await OpenDesk.with { (desk: OpenDesk) async throws in
      let connection = try await AMQPConnection.open(
        ClientEndpoint(host: "127.0.0.1", port: desk.server.port),
        name: "client",
        group: MultiThreadedEventLoopGroup.singleton
      )
      try await body(desk, connection)
    }
  }

  private func publish(
    _ desk: OpenDesk,
    _ payload: String,
    _ properties: String = "{}"
  ) async throws {
    let body = """
      {"properties":\(properties),"routing_key":"q","payload":"\(payload)",\
      "payload_encoding":"string"}
      """
    let seen = try await desk.ask("POST", "/api/exchanges/%2F/amq.default/publish", body)
    #expect(seen.json == ["routed": true])
  }

  @Test func aMessageKeepsItsPropertiesBothWays() async throws {
    try await withClient { (desk: OpenDesk, connection: AMQPConnection) async throws in
      #expect(try await desk.ask("PUT", "/api/queues/%2F/q", "{}").status == 201)
      try await publish(
        desk,
        "hello",
        #"{"delivery_mode":2,"content_type":"text/plain","headers":{"n":7,"t":{"u":[1,"a"]}}}"#
      )
      let channel = try await connection.openChannel()
      let delivery = try #require(try await channel.get("q"))
      #expect(delivery.properties.deliveryMode == 2)
      #expect(delivery.properties.contentType == "text/plain")
      #expect(delivery.properties.headers?["n"] == .signed64(7))
      try await channel.nack(delivery.deliveryTag, requeue: true)
      let got = try await desk.ask(
        "POST",
        "/api/queues/%2F/q/get",
        #"{"count":5,"ackmode":"ack_requeue_false","encoding":"auto"}"#
      )
      guard case .array(let messages)? = got.json, messages.count == 1 else {
        Issue.record("\(got)")
        return
      }
      #expect(messages[0]["payload"] == "hello")
      #expect(messages[0]["redelivered"] == true)
      #expect(messages[0]["properties"]?["headers"]?["t"] == ["u": [1, "a"]])
      let queue = try await desk.ask("GET", "/api/queues/%2F/q")
      #expect(queue.json?["messages"] == 0)
      #expect(queue.json?["message_stats"]?["get"] == 2)
      #expect(queue.json?["message_stats"]?["ack"] == 1)
      #expect(queue.json?["message_stats"]?["redeliver"] == 1)
    }
  }

  @Test func aPausedQueueWaitsUntilItIsResumed() async throws {
    try await withClient { (desk: OpenDesk, connection: AMQPConnection) async throws in
      #expect(try await desk.ask("PUT", "/api/queues/%2F/q", "{}").status == 201)
      let channel = try await connection.openChannel()
      let stream = try await channel.consume("q", noAck: true)
      #expect(try await desk.ask("PUT", "/api/queues/%2F/q/pause").status == 204)
      try await publish(desk, "one")
      let paused = try await desk.ask("GET", "/api/queues/%2F/q")
      #expect(paused.json?["state"] == "paused")
      #expect(paused.json?["messages_ready"] == 1)
      #expect(try await desk.ask("PUT", "/api/queues/%2F/q/resume").status == 204)
      var deliveries = stream.makeAsyncIterator()
      let delivery = await deliveries.next()
      #expect(delivery.map { String(buffer: $0.body) } == "one")
      #expect(try await desk.ask("PUT", "/api/queues/%2F/none/pause").status == 404)
    }
  }

  @Test func aConsumerIsPausedLimitedAndCancelled() async throws {
    try await withClient { (desk: OpenDesk, connection: AMQPConnection) async throws in
      #expect(try await desk.ask("PUT", "/api/queues/%2F/q", "{}").status == 201)
      let channel = try await connection.openChannel()
      // Dropping the stream would cancel the consumer.
      let stream = try await channel.consume("q")
      defer { withExtendedLifetime(stream) {} }
      guard case .array(let consumers)? = try await desk.ask("GET", "/api/consumers").json,
        let consumer = consumers.first,
        let tag = consumer["consumer_tag"]?.text,
        let name = consumer["channel_details"]?["connection_name"]?.text
      else {
        Issue.record("no consumer")
        return
      }
      let path =
        "/api/consumers/%2F/\(PercentCoding.encode(name))/1/\(PercentCoding.encode(tag))"
      #expect(try await desk.ask("PUT", path + "/pause").status == 204)
      #expect(
        try await desk.ask("PUT", path + "/prefetch", #"{"prefetch_count":7}"#).status == 204
      )
      let changed = try await desk.ask("GET", "/api/consumers?columns=paused,prefetch_count")
      #expect(changed.json == [["prefetch_count": 7, "paused": true]])
      #expect(
        try await desk.ask("PUT", path + "/prefetch", #"{"prefetch_count":-1}"#).status == 400
      )
      #expect(try await desk.ask("PUT", path + "/prefetch", "{}").status == 400)
      #expect(try await desk.ask("PUT", path + "/resume").status == 204)
      #expect(try await desk.ask("DELETE", path).status == 204)
      #expect(try await desk.ask("DELETE", path).status == 404)
      #expect(try await desk.ask("GET", "/api/consumers").json == [])
    }
  }

  @Test func messagesMoveAndDeadLettersGoBack() async throws {
    try await withClient { (desk: OpenDesk, connection: AMQPConnection) async throws in
      for (name, arguments) in [
        ("q", #"{"x-dead-letter-exchange":"","x-dead-letter-routing-key":"dead"}"#),
        ("dead", "{}"), ("other", "{}"),
      ] {
        let body = #"{"durable":true,"arguments":\#(arguments)}"#
        #expect(try await desk.ask("PUT", "/api/queues/%2F/\(name)", body).status == 201)
      }
      try await publish(desk, "one")
      let rejected = try await desk.ask(
        "POST",
        "/api/queues/%2F/q/get",
        #"{"count":1,"ackmode":"reject_requeue_false","encoding":"auto"}"#
      )
      #expect(rejected.status == 200)
      let trial = try await desk.ask(
        "POST",
        "/api/queues/%2F/dead/redrive",
        #"{"dry_run":true}"#
      )
      #expect(trial.json?["dry_run"] == true)
      #expect(try await depth("dead", desk) == 1)
      let driven = try await desk.ask("POST", "/api/queues/%2F/dead/redrive", "{}")
      #expect(driven.status == 200)
      #expect(try await depth("q", desk) == 1)
      let moved = try await desk.ask(
        "POST",
        "/api/queues/%2F/q/move",
        #"{"destination":"other"}"#
      )
      #expect(moved.status == 200)
      #expect(try await depth("other", desk) == 1)
      let nowhere = try await desk.ask("POST", "/api/queues/%2F/q/move", #"{"destination":"x"}"#)
      #expect(nowhere.status == 400)
      #expect(try await desk.ask("POST", "/api/queues/%2F/x/move", "{}").status == 400)
    }
  }

  private func depth(_ queue: String, _ desk: OpenDesk) async throws -> JSON? {
    try await desk.ask("GET", "/api/queues/%2F/\(queue)").json?["messages"]
  }

  @Test func aClosedConnectionIsToldWhy() async throws {
    try await withClient { (desk: OpenDesk, connection: AMQPConnection) async throws in
      guard case .array(let connections)? = try await desk.ask("GET", "/api/connections").json,
        let name = connections.first?["name"]?.text
      else {
        Issue.record("no connection")
        return
      }
      #expect(connections.first?["user_provided_name"] == "client")
      let path = "/api/connections/\(PercentCoding.encode(name))"
      #expect(try await desk.ask("GET", path).json?["state"] == "running")
      #expect(try await desk.ask("DELETE", path).status == 204)
      let end = await connection.waitUntilClosed()
      #expect("\(try #require(end))".contains("Closed via management plugin"))
      try await wait(for: "the connection to go") {
        try await desk.ask("GET", path).status == 404
      }
    }
  }

  @Test func definitionsAreTakenWholeOrNotAtAll() async throws {
    try await OpenDesk.with { (desk: OpenDesk) async throws in
      let broken = """
        {"vhosts":[{"name":"new","description":"for tests","tags":["a"]}],
         "queues":[{"name":"good","vhost":"new","durable":true,"auto_delete":false,
                    "arguments":{}},
                   {"name":"bad","vhost":"new","durable":true,"auto_delete":false,
                    "arguments":{"x-max-length":"many"}}]}
        """
      #expect(try await desk.ask("POST", "/api/definitions", broken).status == 400)
      #expect(try await desk.ask("GET", "/api/vhosts/new").status == 404)
      let mended = broken.replacing("\"many\"", with: "5")
      #expect(try await desk.ask("POST", "/api/definitions", mended).status == 204)
      let host = try await desk.ask("GET", "/api/vhosts/new")
      #expect(host.json?["description"] == "for tests")
      #expect(host.json?["tags"] == ["a"])
      let exported = try await desk.ask("GET", "/api/definitions")
      try await OpenDesk.with { (other: OpenDesk) async throws in
        #expect(try await other.ask("POST", "/api/definitions", exported.text).status == 204)
        // Who imported it may not look into the virtual host, but may see that it is there.
        let again = try await other.ask("GET", "/api/definitions")
        #expect(again.json == exported.json)
      }
    }
  }

  @Test func aDeletedVirtualHostStaysAway() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "management-\(UUID())")
    defer {
      // A test that failed early has made none.
      try? FileManager.default.removeItem(at: folder)
    }
    try await OpenDesk.with(dataDirectory: folder.path) { (desk: OpenDesk) async throws in
      #expect(try await desk.ask("PUT", "/api/vhosts/gone").status == 201)
      let all = #"{"configure":".*","write":".*","read":".*"}"#
      #expect(try await desk.ask("PUT", "/api/permissions/gone/guest", all).status == 201)
      #expect(
        try await desk.ask("PUT", "/api/queues/gone/q", #"{"durable":true}"#).status == 201
      )
      #expect(
        try await desk.ask("PUT", "/api/exchanges/gone/x", #"{"durable":true}"#).status == 201
      )
      #expect(
        try await desk.ask("PUT", "/api/vhosts/kept", #"{"description":"d"}"#).status == 201
      )
      #expect(try await desk.ask("DELETE", "/api/vhosts/gone").status == 204)
    }
    try await OpenDesk.with(dataDirectory: folder.path) { (desk: OpenDesk) async throws in
      #expect(try await desk.ask("GET", "/api/vhosts/gone").status == 404)
      #expect(try await desk.ask("GET", "/api/vhosts/kept").json?["description"] == "d")
    }
  }
}
