import Broker
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#endif

/// Opens the port that clients connect to.
enum Listener {
  private static let backlog: Int32 = 1_024

  /// Listens on the wanted port, or on the next free one when that is allowed.
  static func open(
    _ configuration: ServerConfiguration,
    on group: MultiThreadedEventLoopGroup,
    loop: NIOLoopBound<BrokerLoop>
  ) async throws(ServerError) -> any NIOCore.Channel {
    raiseFileLimit()
    let bootstrap = bootstrap(on: group, loop: loop, encryption: nil)
      .serverChannelOption(.maxMessagesPerRead, value: acceptedPerRead(configuration))
    let ports = configuration.triesNextPorts ? ServerLimits.portsTried : 1
    let last = min(configuration.port + ports - 1, Int(UInt16.max))
    for port in configuration.port...max(configuration.port, last) {
      do {
        return try await bootstrap.bind(host: configuration.bindAddress, port: port).get()
      } catch let error as IOError where error.errnoCode == EADDRINUSE {
        continue
      } catch let error as IOError {
        throw .cannotListen(
          address: configuration.bindAddress,
          port: port,
          reason: String(cString: strerror(error.errnoCode))
        )
      } catch {
        throw .cannotListen(
          address: configuration.bindAddress,
          port: port,
          reason: "\(error)"
        )
      }
    }
    throw .addressInUse(
      address: configuration.bindAddress,
      port: configuration.port,
      triedPorts: ports
    )
  }

  /// Listens for encrypted connections.
  ///
  /// - Throws: Also ``ServerError/badTLSFile(path:reason:)``.
  static func openEncrypted(
    _ settings: TLSSettings,
    _ configuration: ServerConfiguration,
    on group: MultiThreadedEventLoopGroup,
    loop: NIOLoopBound<BrokerLoop>
  ) async throws(ServerError) -> any NIOCore.Channel {
    let encryption = Encryption(
      context: try settings.context(),
      isAskingForCertificates: settings.verifiesClients
    )
    let bootstrap = bootstrap(on: group, loop: loop, encryption: encryption)
      .serverChannelOption(.maxMessagesPerRead, value: acceptedPerRead(configuration))
    do {
      return try await bootstrap.bind(host: configuration.bindAddress, port: settings.port).get()
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
      throw .cannotListen(
        address: configuration.bindAddress,
        port: settings.port,
        reason: reason ?? "\(error)"
      )
    }
  }

  private struct Encryption {
    var context: NIOSSLContext
    var isAskingForCertificates: Bool
  }

  /// One connection at a time when there is a limit, so that it is not overshot.
  private static func acceptedPerRead(_ configuration: ServerConfiguration) -> UInt {
    configuration.limits.connectionCount == nil ? 16 : 1
  }

  private static func bootstrap(
    on group: MultiThreadedEventLoopGroup,
    loop: NIOLoopBound<BrokerLoop>,
    encryption: Encryption?
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(
          minimum: ServerLimits.idleReadBytes,
          initial: ServerLimits.idleReadBytes,
          maximum: ServerLimits.readBytes
        )
      )
      .childChannelOption(
        .writeBufferWaterMark,
        value: .init(low: 1 << 20, high: 4 << 20)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let peer = channel.remoteAddress.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "?"
          if let encryption {
            let tls = NIOSSLServerHandler(context: encryption.context)
            try channel.pipeline.syncOperations.addHandler(tls)
          }
          let handler = ConnectionHandler(
            loop: loop.value,
            peer: Peer(
              address: peer,
              isAskedForCertificate: encryption?.isAskingForCertificates == true,
              isEncrypted: encryption != nil
            )
          )
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
  }

  /// Every connection is a file: takes all that the system lets this process have.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
