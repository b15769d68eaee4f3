using System.Net;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stop;

// Children inherit the environment, which the tests of the command line change.
[Collection(CommandLineCollection.Name)]
public sealed class GracefulStopTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_open_connection_gets_one_more_answer_that_says_it_was_the_last()
    {
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0");
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        using var connection = await RawConnection.OpenAsync(address.Host, address.Port);
        var before = await AskAsync(connection);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync("the server stops when");
        await connection.SendAsync(SimpleRequest.Bytes);
        var last = await connection.ReadAnswerAsync();

        Assert.False(before.Closes);
        Assert.True(SimpleRequest.IsAnsweredBy(last));
        Assert.True(last.Closes);
        Assert.Equal(CamshaftCommand.Success, (await server.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task In_the_grace_time_the_server_is_not_ready_and_serves_old_and_new_connections()
    {
        _directory.Write("camshaft.json", """{"graceSeconds":3600}"""u8);
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0");
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        using var old = await RawConnection.OpenAsync(address.Host, address.Port);
        var before = await AskAsync(old);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync("the server stops when");
        using var client = new InferenceClient(address);
        using var fresh = await RawConnection.OpenAsync(address.Host, address.Port);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/v2/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/live")).Status);
        Assert.All([before, await AskAsync(old), await AskAsync(fresh)], static answer => Assert.True(SimpleRequest.IsAnsweredBy(answer) && !answer.Closes));
    }

    private static async Task<RawAnswer> AskAsync(RawConnection connection)
    {
        await connection.SendAsync(SimpleRequest.Bytes);
        return await connection.ReadAnswerAsync();
    }
}
