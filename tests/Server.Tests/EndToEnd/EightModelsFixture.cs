using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>One server with the eight models and no configuration, started by the first test that needs it.</summary>
public sealed class EightModelsFixture : IAsyncDisposable
{
    private readonly Lazy<Task<TestServer>> _server = new(static () => TestServer.StartAsync(TestData.ModelRepository));

    internal Task<TestServer> GetServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
