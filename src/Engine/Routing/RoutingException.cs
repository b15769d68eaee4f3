namespace Camshaft.Engine.Routing;

/// <summary>Rules or aliases cannot be what their files say. The message names the file and the rule or alias.</summary>
public sealed class RoutingException(string message) : Exception(message);
