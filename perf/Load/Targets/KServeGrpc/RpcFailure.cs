using Grpc.Core;

namespace Camshaft.Load.Targets.KServeGrpc;

/// <summary>Tells what a server has refused from what became of the connection, which gRPC both calls <c>UNAVAILABLE</c>.</summary>
internal static class RpcFailure
{
    /// <summary>Whether the server never answered.</summary>
    public static bool IsOfConnection(RpcException exception) => exception.Status.DebugException is HttpRequestException or IOException;

    /// <summary>Makes a result of it: the statuses have the names of the binary protocol's.</summary>
    public static SendResult Describe(RpcException exception) => exception.Status.DebugException switch
    {
        HttpRequestException failure => new SendResult($"connection: {failure.HttpRequestError}", failure.GetBaseException().Message),
        HttpIOException failure => new SendResult($"connection: {failure.HttpRequestError}", failure.GetBaseException().Message),
        IOException failure => new SendResult("connection: ResponseEnded", failure.GetBaseException().Message),
        _ => new SendResult(exception.StatusCode == StatusCode.Unimplemented ? "Unsupported" : exception.StatusCode.ToString(), exception.Status.Detail),
    };
}
