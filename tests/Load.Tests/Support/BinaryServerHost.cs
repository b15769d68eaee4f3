using System.Net;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Testing;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Load.Tests.Support;

/// <summary>The binary protocol in this process on a port and a Unix socket, with the model <c>identity</c>, run by the sample backend.</summary>
internal sealed class BinaryServerHost : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private WebApplication _application = null!;

    public string Address { get; private set; } = "";

    public string UnixAddress => $"camshaft+unix://{SocketPath}";

    /// <summary>How many connections are open.</summary>
    public int Open => _application.Services.GetRequiredService<BinaryServer>().Open;

    private string SocketPath => Path.Combine(_directory.FullPath, "camshaft.sock");

    public async Task<BinaryServerHost> StartAsync()
    {
        _directory.Write("models/identity/1/model.sample", "operation: identity\ndatatype: UINT8"u8);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseBinary());
            kestrel.ListenUnixSocket(SocketPath, static listen => listen.UseBinary());
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [Path.Combine(_directory.FullPath, "models")],
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                ControlMode = ModelControlMode.None,
            })
            .AddAccess(new AccessOptions())
            .AddBinary();
        _application = builder.Build();
        await _application.StartAsync();
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(static address => address.StartsWith("http://127", StringComparison.Ordinal));
        Address = "camshaft" + address["http".Length..];
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _directory.Dispose();
    }
}
