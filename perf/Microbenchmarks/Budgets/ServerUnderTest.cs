using System.Net;
using System.Net.Sockets;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>The server in this process, on a port of HTTP and one of the binary protocol, with the model that answers the bytes that it is given.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    /// <summary>The model, in C#: what is measured is the way to it.</summary>
    public const string Model = "sample_identity";

    /// <summary>The bytes of a request.</summary>
    public const int ByteSize = 256;

    private WebApplication _application = null!;

    public int HttpPort { get; private set; }

    public int BinaryPort { get; private set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ListenOptions? http = null, binary = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => http = listen);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                binary = listen;
                listen.UseBinary();
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [Path.Combine(BenchmarkModel.Root, "samples", "models")],
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                ControlMode = ModelControlMode.Explicit,
                LoadModels = [Model],
            })
            .AddAccess(new AccessOptions())
            .AddHttp()
            .AddBinary();
        _application = builder.Build();
        _application.MapCamshaft();
        await _application.StartAsync().ConfigureAwait(false);
        await _application.Services.GetRequiredService<InferenceEngine>().Started.ConfigureAwait(false);
        (HttpPort, BinaryPort) = (http!.IPEndPoint!.Port, binary!.IPEndPoint!.Port);
    }

    /// <summary>Connects to one of its ports without a wait: a socket that ever waited takes memory for each call that blocks.</summary>
    public static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
