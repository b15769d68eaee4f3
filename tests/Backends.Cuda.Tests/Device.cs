using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

/// <summary>A simulated driver with its first device's context, current on the test's thread.</summary>
internal sealed class Device : IDisposable
{
    private readonly CudaMemoryPool _pool;

    public Device(SimulatedDriverOptions? options = null)
    {
        Simulation = new SimulatedDriver(options);
        Driver = new CudaDriver(Simulation.Resolve);
        Context = Driver.RetainContext(0);
        Context.MakeCurrent();
        Host = new PinnedMemorySource(Context);
        _pool = CudaMemoryPool.Create(Context, ordinal: 0, keptByteSize: 1 << 20);
    }

    public SimulatedDriver Simulation { get; }

    public CudaDriver Driver { get; }

    public CudaContext Context { get; }

    public PinnedMemorySource Host { get; }

    public CudaMemoryPool Pool => _pool;

    public CudaStream CreateStream() => CudaStream.Create(Context, priority: 0);

    /// <summary>Locked host memory with some bytes in it.</summary>
    public unsafe nint Allocate(params ReadOnlySpan<byte> content)
    {
        var address = Host.Allocate((nuint)content.Length);
        content.CopyTo(new Span<byte>((void*)address, content.Length));
        return address;
    }

    public static unsafe byte[] Read(nint address, int byteSize) => new ReadOnlySpan<byte>((void*)address, byteSize).ToArray();

    public void Dispose()
    {
        _pool.Dispose();
        Context.Dispose();
        Simulation.Dispose();
    }
}
