using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>
/// A test with a connection of its own that has exchanged hellos. When it is over, the server holds nothing, has logged no
/// error, and the next request on another connection works.
/// </summary>
public abstract class ServerTest(BinaryTestServer server) : IAsyncLifetime
{
    protected BinaryTestServer Server => server;

    private protected FrameConnection Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Connection = await server.ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        using (var healthy = await server.ConnectAsync())
        {
            var handle = await healthy.OpenModelAsync("sample_identity");
            await healthy.SendAsync(Frames.Infer(2, handle, new byte[] { 1, 2, 3 }));
            Assert.Equal([1, 2, 3], (await healthy.ReceiveAsync(FrameKind.Result)).Data.Single());
        }

        await server.AssertNothingIsHeldAsync();
        GC.SuppressFinalize(this);
    }
}
