extension RouteTable {
  /// Everything that the management answers.
  static let all: RouteTable = RouteTable(
    routes: overviewRoutes + nodeRoutes + connectionRoutes + channelRoutes + consumerRoutes
      + exchangeRoutes + queueRoutes + queueContentRoutes + bindingRoutes + hostRoutes
      + userRoutes + permissionRoutes + policyRoutes + parameterRoutes + limitRoutes
      + definitionRoutes + healthRoutes + ownRoutes + metricsRoutes
  )
}
