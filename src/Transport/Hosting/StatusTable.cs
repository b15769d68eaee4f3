using Camshaft.Backends;

namespace Camshaft.Transport.Hosting;

/// <summary>The one table that says what the engine's status codes are on each wire. A client's fault is a 4xx everywhere.</summary>
public static class StatusTable
{
    private readonly record struct Row(int Http, int Grpc);

    // Indexed by StatusCode. HTTP: RFC 9110, 499 for a client that went away. gRPC: the codes of its status.proto.
    private static readonly Row[] Rows =
    [
        new(200, 0),
        new(400, 3),
        new(404, 5),
        new(409, 6),
        new(401, 16),
        new(403, 7),
        new(429, 8),
        new(503, 14),
        new(504, 4),
        new(501, 12),
        new(499, 1),
        new(500, 13),
    ];

    /// <summary>The HTTP status for a code.</summary>
    public static int ToHttp(StatusCode code) => Rows[(int)code].Http;

    /// <summary>The gRPC status code for a code.</summary>
    public static int ToGrpc(StatusCode code) => Rows[(int)code].Grpc;
}
