namespace Camshaft.Backends.Cuda.Devices;

/// <summary>The three streams on which batches are copied in, computed and copied out. Two lanes share them, so that one computes while the other copies, unless a model records what its lanes do.</summary>
internal sealed class CudaStreams
{
    public CudaStreams(Func<CudaStream> create)
    {
        CopyIn = create();
        try
        {
            Compute = create();
            CopyOut = create();
        }
        catch
        {
            Compute?.Dispose();
            CopyIn.Dispose();
            throw;
        }
    }

    public CudaStream CopyIn { get; }

    public CudaStream Compute { get; }

    public CudaStream CopyOut { get; }

    /// <summary>Ends them. The set that made them does so, when the last lane has left.</summary>
    public void Close()
    {
        CopyIn.Dispose();
        Compute.Dispose();
        CopyOut.Dispose();
    }
}
