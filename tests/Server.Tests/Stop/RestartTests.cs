using System.Net;
using System.Net.Sockets;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stop;

// Children inherit the environment, which the tests of the command line change.
[Collection(CommandLineCollection.Name)]
public sealed class RestartTests
{
    private const int RestartCount = 20;
    private const int ClientCount = 8;
    private const int RequestsPerRun = 200;

    [Fact]
    public async Task No_request_is_lost_over_20_restarts_under_load()
    {
        using var directory = new TempDirectory();
        var port = FindFreePort();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, ClientCount).Select(index => new RestartClient(port, keepsConnection: index % 2 == 0)).ToList();
        var runs = clients.ConvertAll(client => Task.Run(() => client.RunAsync(stop.Token)));

        for (var restart = 0; restart < RestartCount; restart++)
        {
            await using var server = ServerProcess.Start(directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", $"{port}", "--log-level", "warning");
            await server.ReadBannerAsync();
            await WaitForAnswersAsync(clients, clients.Sum(static client => client.Answered) + RequestsPerRun);
            await server.SignalAsync("TERM");

            var (exitCode, _, error) = await server.WaitForExitAsync();

            Assert.Equal(CamshaftCommand.Success, exitCode);

            // On a busy machine the web server tells that its own timer was late.
            Assert.DoesNotContain(error.Split('\n'), static line => line.Length > 0 && !line.Contains("heartbeat", StringComparison.Ordinal));
        }

        await stop.CancelAsync();
        await Task.WhenAll(runs);
        Assert.Empty(clients.SelectMany(static client => client.Losses));
        Assert.All(clients, static client => Assert.True(client.Answered > RestartCount));
    }

    private static async Task WaitForAnswersAsync(List<RestartClient> clients, int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (clients.Sum(static client => client.Answered) < count)
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    // Below the ports that the system gives to clients: one of those could meet itself while nobody listens.
    private static int FindFreePort()
    {
        for (var port = 21_000; port < 32_000; port++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next one.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }
}
