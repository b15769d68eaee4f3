using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Client.Tests.Support;

/// <summary>The real server in this process with the sample models, and <c>endless</c>, which runs until it is ended; on a port, a Unix socket and HTTP.</summary>
public class ServerFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private TestServer? _server;

    /// <summary>The binary protocol's port.</summary>
    public string Address => _server!.BinaryAddresses[0];

    /// <summary>Its Unix socket.</summary>
    public string UnixAddress => _server!.BinaryAddresses[1];

    public string HttpAddress => _server!.Client.Address.AbsoluteUri;

    /// <summary>Who serves the sockets of the binary protocol.</summary>
    internal virtual BinaryIo Io => BinaryIo.Kestrel;

    public async ValueTask InitializeAsync()
    {
        _directory.Write("models/endless/1/model.onnx", EndlessModel.Create());
        _directory.Write("models/endless/model.yaml", "warm_up: none"u8);
        _server = await TestServer.StartAsync(SampleModel.Repository, options =>
        {
            options.Models = [SampleModel.Repository, Path.Combine(_directory.FullPath, "models")];
            options.BinaryIo = Io;
            options.BinarySocket = Path.Combine(_directory.FullPath, "camshaft.sock");
        });
    }

    /// <summary>Waits until no request holds memory, so that what was cancelled has ended in the server too.</summary>
    public Task AssertNothingRunsAsync() => _server!.AssertNothingLeasedAsync();

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
