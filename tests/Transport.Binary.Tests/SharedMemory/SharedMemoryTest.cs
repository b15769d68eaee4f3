using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>
/// A test with a connection over the Unix socket. When it is over, the server holds nothing, neither regions nor what was mapped for them, has logged no error,
/// and the next request on another connection works.
/// </summary>
public abstract class SharedMemoryTest(SharedMemoryServer server) : IAsyncLifetime
{
    protected SharedMemoryServer Server => server;

    private protected FrameConnection Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        Connection = await server.ConnectUnixAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Connection is not null)
        {
            Connection.Dispose();
            using (var healthy = await server.ConnectUnixAsync())
            {
                var handle = await healthy.OpenModelAsync("sample_identity");
                await healthy.SendAsync(Frames.Infer(2, handle, new byte[] { 1, 2, 3 }));
                Assert.Equal([1, 2, 3], (await healthy.ReceiveAsync(FrameKind.Result)).Data.Single());
            }

            await server.AssertNothingIsHeldAsync();
            Assert.DoesNotContain("camshaft-test", await File.ReadAllTextAsync("/proc/self/maps"), StringComparison.Ordinal);
            Assert.DoesNotContain(new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos(), static descriptor => descriptor.LinkTarget?.Contains("camshaft-test", StringComparison.Ordinal) == true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Registers memory by its descriptor.</summary>
    private protected void SendSealed(ulong id, uint region, SafeHandle descriptor, long offset, long byteSize) =>
        Send(new FrameImage(FrameKind.Register, id) { Own = new RegisterHead(region, RegionKind.Sealed, offset, byteSize, 0) }, descriptor);

    /// <summary>Sends a frame with a descriptor beside its first byte.</summary>
    private protected void Send(FrameImage frame, SafeHandle descriptor) => DescriptorSender.Send(Connection.Socket, frame.Write(), (int)descriptor.DangerousGetHandle());

    /// <summary>Registers memory by its name.</summary>
    private protected Task SendNamedAsync(ulong id, uint region, string name, long offset, long byteSize, FrameConnection? connection = null) =>
        (connection ?? Connection).SendAsync(new FrameImage(FrameKind.Register, id) { Own = new RegisterHead(region, RegionKind.Named, offset, byteSize, 0), Text = name });

    private protected async Task RegisterSealedAsync(ulong id, uint region, TestMemory memory, long byteSize, long offset = 0)
    {
        SendSealed(id, region, memory.Descriptor, offset, byteSize);
        await ReceiveDoneAsync(id);
    }

    private protected async Task RegisterNamedAsync(ulong id, uint region, TestMemory memory, long byteSize, long offset = 0)
    {
        await SendNamedAsync(id, region, memory.Name, offset, byteSize);
        await ReceiveDoneAsync(id);
    }

    private protected async Task ReceiveDoneAsync(ulong id) => Assert.Equal(id, (await Connection.ReceiveAsync(FrameKind.Done)).Id);

    private protected Task SendUnregisterAsync(ulong id, uint region) => Connection.SendAsync(new FrameImage(FrameKind.Unregister, id) { Own = new TargetHead(region) });

    /// <summary>A tensor in a region.</summary>
    private protected static TensorEntry Input(DataType dataType, uint region, long offset, long byteSize, params long[] shape) =>
        new() { Index = 0, DataType = dataType, Shape = new Shape(shape), Place = TensorPlace.Region, ByteSize = byteSize, Region = region, Offset = offset };

    /// <summary>The wish for an output in a region.</summary>
    private protected static TensorEntry Output(uint region, long offset, long room) =>
        new() { Index = 0, Place = TensorPlace.Region, ByteSize = room, Region = region, Offset = offset };

    private protected static FrameImage Infer(ulong id, uint handle, TensorEntry input, params TensorEntry[] outputs) =>
        new(FrameKind.Infer, id) { Own = new InferHead(handle, 1, outputs.Length, 0, 0, 0), Tensors = [input, .. outputs] };
}
