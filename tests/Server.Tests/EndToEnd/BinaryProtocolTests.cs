using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Camshaft.Backends;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>The binary protocol as the server offers it: port, Unix socket, TLS, limits, rights, stop.</summary>
public abstract class BinaryProtocolTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private protected abstract BinaryIo Io { get; }

    private string SocketPath => Path.Combine(_directory.FullPath, "camshaft.sock");

    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_python_client_speaks_to_the_port_and_to_the_unix_socket()
    {
        await using var server = await StartAsync(SampleModel.Repository, options => options.BinarySocket = SocketPath);

        foreach (var arguments in new[] { new[] { "127.0.0.1", $"{PortOf(server)}" }, [SocketPath] })
        {
            var (exitCode, output) = await RunPythonAsync(arguments);

            Assert.True(exitCode == 0, output);
            Assert.Contains("sum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] difference: [0, -1, -2,", output, StringComparison.Ordinal);
            Assert.Contains("texts: ('BYTES', [1, 2], [b'one', b'zw\\xc3\\xb6lf'])", output, StringComparison.Ordinal);
            Assert.Contains("floats: ('FP32', [2, 2], [1.0, 2.5, -3.0, 0.0])", output, StringComparison.Ordinal);
            Assert.Contains("InvalidArgument: Model 'identity_fp32' version 1: input 'INPUT0' has shape [2]; expected [-1,-1].", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_python_client_is_short() =>
        Assert.InRange(File.ReadLines(Path.Combine(TestData.RepositoryRoot, "samples", "clients", "python", "camshaft_client.py")).Count(), 100, 199);

    [Fact]
    public async Task Addresses_are_told_as_clients_name_them()
    {
        await using var server = await StartAsync(SampleModel.Repository, options => options.BinarySocket = SocketPath);

        Assert.Equal([$"camshaft://127.0.0.1:{PortOf(server)}", $"camshaft+unix://{SocketPath}"], server.BinaryAddresses);
    }

    [Fact]
    public async Task Without_a_port_and_a_socket_there_is_no_binary_protocol()
    {
        await using var server = await StartAsync(SampleModel.Repository, static options => options.BinaryPort = BinaryPort.None);

        Assert.Empty(server.BinaryAddresses);
    }

    [Fact]
    public async Task A_socket_that_a_killed_server_left_behind_is_taken_over_and_a_file_is_not()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(SocketPath));
            File.Move(SocketPath, SocketPath + ".left");
        }

        File.Move(SocketPath + ".left", SocketPath);
        await using (var server = await StartAsync(SampleModel.Repository, options => options.BinarySocket = SocketPath))
        {
            await AssertServesAsync(() => FrameConnection.OpenAsync(new UnixDomainSocketEndPoint(SocketPath)));
        }

        var file = _directory.Write("precious", "data"u8);
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(SampleModel.Repository, options => options.BinarySocket = file));
        Assert.Contains("is no Unix socket", exception.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task With_a_certificate_the_port_takes_TLS_alone()
    {
        using var certificate = TestCertificate.Create();
        var (path, key) = (Path.Combine(_directory.FullPath, "server.pem"), Path.Combine(_directory.FullPath, "server.key"));
        TestCertificate.WritePem(certificate, path, key);
        await using var server = await StartAsync(SampleModel.Repository, options => (options.Tls.Certificate, options.Tls.Key) = (path, key));
        var endPoint = new IPEndPoint(IPAddress.Loopback, PortOf(server));
        Assert.Equal([$"camshafts://127.0.0.1:{endPoint.Port}"], server.BinaryAddresses);

        await AssertServesAsync(() => FrameConnection.OpenTlsAsync(endPoint, certificate, "camshaft/1"));
        await AssertServesAsync(() => FrameConnection.OpenTlsAsync(endPoint, certificate));
        using var clear = await FrameConnection.OpenAsync(endPoint);
        await clear.SendAsync(Frames.Hello());
        Assert.True(await EndsAsync(clear));

        // Garbage after the handshake is answered as on a connection in clear.
        using var garbage = await FrameConnection.OpenTlsAsync(endPoint, certificate, "camshaft/1");
        await garbage.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.Contains("not of Camshaft's binary protocol", await GoAwayOf(garbage), StringComparison.Ordinal);
        await AssertServesAsync(() => FrameConnection.OpenTlsAsync(endPoint, certificate, "camshaft/1"));
    }

    [Fact]
    public async Task One_more_connection_than_may_be_open_is_told_so()
    {
        await using var server = await StartAsync(SampleModel.Repository, static options => options.Limits.Connections = 1);
        var endPoint = new IPEndPoint(IPAddress.Loopback, PortOf(server));
        using (var first = await FrameConnection.OpenAsync(endPoint))
        {
            await first.GreetAsync();
            using var second = await FrameConnection.OpenAsync(endPoint);

            Assert.Equal("The server has 1 connections open, as many as it may.", await GoAwayOf(second));
        }
    }

    [Fact]
    public async Task Keys_decide_who_may_open_and_infer()
    {
        await using var server = await StartAsync(SampleModel.Repository, static options =>
        {
            options.Access.Keys["runs"] = new ApiKeySection { Key = "runs-0123456789abcdef", Rights = [AccessRights.Infer] };
            options.Access.Keys["looks"] = new ApiKeySection { Key = "looks-0123456789abcdef", Rights = [AccessRights.Observe] };
        });
        var endPoint = new IPEndPoint(IPAddress.Loopback, PortOf(server));

        await AssertServesAsync(() => FrameConnection.OpenAsync(endPoint), "runs-0123456789abcdef");
        using var looking = await FrameConnection.OpenAsync(endPoint);
        await looking.GreetAsync("looks-0123456789abcdef");
        await looking.SendAsync(Frames.Infer(2, await looking.OpenModelAsync("sample_identity"), new byte[] { 1 }));
        Assert.Equal("The API key 'looks' has not the right 'infer'.", (await looking.ReceiveErrorAsync(2, StatusCode.PermissionDenied)).Text);
        using var nobody = await FrameConnection.OpenAsync(endPoint);
        await nobody.GreetAsync();
        await nobody.SendAsync(Frames.Open(1, "sample_identity"));
        await nobody.ReceiveErrorAsync(1, StatusCode.Unauthenticated);
        using var stranger = await FrameConnection.OpenAsync(endPoint);
        await stranger.SendAsync(Frames.Hello("strange-0123456789abcdef"));
        Assert.Equal("The API key is not known.", await GoAwayOf(stranger));
    }

    [Fact]
    public async Task A_stop_tells_clients_to_go_and_ends()
    {
        var server = await StartAsync(SampleModel.Repository);
        using var connection = await FrameConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, PortOf(server)));
        await connection.GreetAsync();
        var handle = await connection.OpenModelAsync("sample_identity");

        var stop = server.StopAsync();
        var goAway = await connection.ReceiveAsync(FrameKind.GoAway);
        Assert.Equal(new StatusHead(StatusCode.Ok, 30_000_000, 23), goAway.Own);
        await connection.SendAsync(Frames.Infer(2, handle, new byte[] { 1 }));
        Assert.Equal(FrameFlags.NotBegun, (await connection.ReceiveErrorAsync(2, StatusCode.Unavailable)).Flags);
        connection.EndSending();
        Assert.Null(await connection.ReceiveAsync());

        await stop;
        await server.DisposeAsync();
    }

    private Task<TestServer> StartAsync(string modelDirectory, Action<ServerOptions>? configure = null) => TestServer.StartAsync(modelDirectory, options =>
    {
        options.BinaryIo = Io;
        configure?.Invoke(options);
    });

    private static int PortOf(TestServer server) => new Uri(server.BinaryAddresses[0]).Port;

    private static async Task AssertServesAsync(Func<Task<FrameConnection>> open, string? key = null)
    {
        using var connection = await open();
        await connection.GreetAsync(key);
        var handle = await connection.OpenModelAsync("sample_identity");
        await connection.SendAsync(Frames.Infer(2, handle, new byte[] { 4, 5, 6 }));
        Assert.Equal([4, 5, 6], (await connection.ReceiveAsync(FrameKind.Result)).Data.Single());
    }

    private static async Task<string> GoAwayOf(FrameConnection connection) => (await connection.ReceiveAsync(FrameKind.GoAway)).Text;

    private static async Task<bool> EndsAsync(FrameConnection connection)
    {
        try
        {
            return await connection.ReceiveAsync() is null;
        }
        catch (IOException)
        {
            // A reset is an end as well.
            return true;
        }
    }

    private static async Task<(int ExitCode, string Output)> RunPythonAsync(string[] arguments)
    {
        var program = Path.Combine(TestData.RepositoryRoot, "samples", "clients", "python", "example.py");
        var start = new ProcessStartInfo("python3", ["-B", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = StartOrSkip(start);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await error);
    }

    private static Process StartOrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no python3 here.");
            throw;
        }
    }

    public sealed class OnKestrel : BinaryProtocolTests
    {
        private protected override BinaryIo Io => BinaryIo.Kestrel;
    }

    public sealed class OnEpoll : BinaryProtocolTests
    {
        private protected override BinaryIo Io => BinaryIo.Epoll;
    }
}
