using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

// Children inherit the environment, which the tests of the command line change.
[Collection(CommandLineCollection.Name)]
public sealed class SystemdTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _socketPath;

    public SystemdTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no systemd.");
        _socketPath = Path.Combine(_directory.FullPath, "notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(_socketPath));
    }

    public void Dispose()
    {
        _systemd.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Systemd_hears_of_readiness_once_the_models_are_loaded_and_of_the_stop()
    {
        var modelFile = await MakePipeAsync("models/slow/1/model.sample");
        var address = new Uri($"http://127.0.0.1:{FindFreePort()}");
        await using var server = ServerProcess.Start(
            _directory.FullPath, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _socketPath }, "serve", "--host", address.Host, "--http-port", $"{address.Port}");
        using var client = new InferenceClient(address);

        // Opens when the backend opens the other end: the server loads the model for as long as nothing is written.
        await using (var model = await Task.Run(() => new FileStream(modelFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(Patience))
        {
            await WaitForLivenessAsync(client);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/v2/health/ready")).Status);
            Assert.Equal(0, _systemd.Available);
            await model.WriteAsync("operation: identity"u8.ToArray());
        }

        Assert.Equal("READY=1", await ReceiveAsync());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/models/slow/ready")).Status);

        await server.SignalAsync("TERM");

        Assert.Equal("STOPPING=1", await ReceiveAsync());
        Assert.Equal(CamshaftCommand.Success, (await server.WaitForExitAsync()).ExitCode);
        Assert.Equal(0, _systemd.Available);
    }

    [Fact]
    public async Task A_stop_during_the_initial_loads_is_told_and_readiness_is_not()
    {
        var modelFile = await MakePipeAsync("models/slow/1/model.sample");
        await using var server = ServerProcess.Start(
            _directory.FullPath, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _socketPath }, "serve", "--http-port", "0");
        await using (await Task.Run(() => new FileStream(modelFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(Patience))
        {
            await server.SignalAsync("TERM");
            Assert.Equal("STOPPING=1", await ReceiveAsync());
        }

        await server.WaitForExitAsync();
        Assert.Equal(0, _systemd.Available);
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitForLivenessAsync(InferenceClient client)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/live")).Status);
                return;
            }
            catch (HttpRequestException) when (!timeout.IsCancellationRequested)
            {
                // It does not listen yet.
                await Task.Yield();
            }
        }
    }

    private async Task<string> MakePipeAsync(string relativePath)
    {
        var path = Path.Combine(_directory.FullPath, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var mkfifo = Process.Start("mkfifo", [path]);
        await mkfifo.WaitForExitAsync();
        Assert.Equal(0, mkfifo.ExitCode);
        return path;
    }

    private async Task<string> ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        var message = new byte[4096];
        return Encoding.UTF8.GetString(message.AsSpan(0, await _systemd.ReceiveAsync(message, timeout.Token)));
    }
}
