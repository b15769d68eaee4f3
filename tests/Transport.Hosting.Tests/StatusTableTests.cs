using Camshaft.Backends;

namespace Camshaft.Transport.Hosting.Tests;

public sealed class StatusTableTests
{
    [Theory]
    [InlineData(StatusCode.Ok, 200, 0)]
    [InlineData(StatusCode.InvalidArgument, 400, 3)]
    [InlineData(StatusCode.NotFound, 404, 5)]
    [InlineData(StatusCode.AlreadyExists, 409, 6)]
    [InlineData(StatusCode.Unauthenticated, 401, 16)]
    [InlineData(StatusCode.PermissionDenied, 403, 7)]
    [InlineData(StatusCode.ResourceExhausted, 429, 8)]
    [InlineData(StatusCode.Unavailable, 503, 14)]
    [InlineData(StatusCode.DeadlineExceeded, 504, 4)]
    [InlineData(StatusCode.Unsupported, 501, 12)]
    [InlineData(StatusCode.Cancelled, 499, 1)]
    [InlineData(StatusCode.Internal, 500, 13)]
    public void Every_code_has_its_status_on_each_wire(StatusCode code, int http, int grpc) =>
        Assert.Equal((http, grpc), (StatusTable.ToHttp(code), StatusTable.ToGrpc(code)));

    [Fact]
    public void No_code_is_left_out() => Assert.All(Enum.GetValues<StatusCode>(), static code => Assert.InRange(StatusTable.ToHttp(code), 200, 504));
}
