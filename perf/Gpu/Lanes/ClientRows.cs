using Camshaft.Backends;
using Camshaft.Backends.Cuda;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>Rows of FP32 numbers in the device's memory, one of each client, each with a place for the answer. Disposed when no batch uses them.</summary>
internal sealed class ClientRows : IDisposable
{
    // As cudaMalloc would place each client's.
    private const int Alignment = 256;

    private readonly IAcceleratorShare _share;
    private readonly nint _address;
    private readonly long _placeByteSize;

    /// <param name="workbench">Whose device it is.</param>
    /// <param name="share">In whose account the memory is.</param>
    /// <param name="count">How many clients there are.</param>
    /// <param name="length">How many numbers a row has.</param>
    public ClientRows(Workbench workbench, IAcceleratorShare share, int count, int length)
    {
        (_share, Count, Length) = (share, count, length);
        _placeByteSize = (RowByteSize + Alignment - 1) / Alignment * Alignment;
        var byteSize = 2 * count * _placeByteSize;
        _address = share.Allocate(byteSize);
        try
        {
            workbench.Context.MakeCurrent();
            using var stream = CudaStream.Create(workbench.Context, priority: 0);
            stream.Fill(_address, 0, byteSize);
            stream.Synchronize();
        }
        catch
        {
            share.Free(_address);
            throw;
        }
    }

    public int Count { get; }

    public int Length { get; }

    public long RowByteSize => (long)Length * sizeof(float);

    public nint GetInput(int client) => _address + (nint)(client % Count * _placeByteSize);

    public nint GetOutput(int client) => _address + (nint)((Count + (client % Count)) * _placeByteSize);

    /// <inheritdoc/>
    public void Dispose() => _share.Free(_address);
}
