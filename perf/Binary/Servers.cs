using System.Net;
using System.Net.Sockets;
using Camshaft.BinaryBenchmark.Load;

namespace Camshaft.BinaryBenchmark;

/// <summary>The servers that are measured, each a process of its own: two echoes, and Camshaft with either host of the binary protocol.</summary>
internal sealed class Servers : IDisposable
{
    private readonly Dictionary<string, Server> _servers = [];
    private readonly string _directory;

    private Servers(string directory) => _directory = directory;

    public const string Blocking = "blocking echo";
    public const string Async = "ReceiveAsync echo";
    public const string Kestrel = "Camshaft, kestrel";
    public const string Epoll = "Camshaft, epoll";

    /// <summary>Starts those that are named and waits until they answer.</summary>
    public static Servers Start(BenchmarkOptions options, params IEnumerable<string> names)
    {
        var servers = new Servers(Directory.CreateTempSubdirectory("camshaft-binary-").FullName);
        try
        {
            foreach (var name in names)
            {
                servers._servers.Add(name, servers.Start(options, name));
            }

            foreach (var server in servers._servers.Values)
            {
                WaitUntilReady(server);
            }

            return servers;
        }
        catch
        {
            servers.Dispose();
            throw;
        }
    }

    public MeasuredProcess Process(string name) => _servers[name].Process;

    /// <summary>Where a server speaks the binary protocol, or sends back what it gets.</summary>
    public EndPoint EndPoint(string name, bool isUnix) =>
        isUnix ? new UnixDomainSocketEndPoint(_servers[name].Path) : new IPEndPoint(IPAddress.Loopback, _servers[name].Port);

    /// <summary>Where a server speaks HTTP.</summary>
    public EndPoint HttpEndPoint(string name) => new IPEndPoint(IPAddress.Loopback, _servers[name].Process.Address.Port);

    /// <summary>Opens a connection for a load.</summary>
    public RawConnection Open(string name, bool isUnix, string model, byte[] request, int depth) => name is Blocking or Async
        ? RawConnection.OpenEcho(EndPoint(name, isUnix), request, depth)
        : RawConnection.OpenBinary(EndPoint(name, isUnix), model, request, depth);

    public void Dispose()
    {
        foreach (var server in _servers.Values)
        {
            server.Process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private Server Start(BenchmarkOptions options, string name)
    {
        var path = Path.Combine(_directory, $"{_servers.Count}.binary");
        var port = FindFreePort();
        var process = MeasuredProcess.Start(processors: null, _directory, http => name is Blocking or Async
            ? [typeof(Servers).Assembly.Location, "echo", $"{port}", path, name == Blocking ? "blocking" : "async"]
            :
            [
                options.Server, "serve", "--http-port", $"{http}", "--binary-port", $"{port}", "--binary-socket", path, "--log-level", "warning",
                "--binary-io", name == Kestrel ? "kestrel" : "epoll", "--model-control-mode", "explicit", "--set", "limits.connections=20000",
                .. options.Models.SelectMany(static models => new[] { "--models", models }), "--load-model", options.Model,
            ]);
        return new Server(process, port, path);
    }

    private static void WaitUntilReady(Server server)
    {
        for (var i = 0; ; i++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(server.Path));
                return;
            }
            catch (SocketException) when (i < 600)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Server(MeasuredProcess Process, int Port, string Path);
}
