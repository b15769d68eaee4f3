using Camshaft.Backends.Cuda;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A kernel that does nothing: what is left of a batch is what it costs to have one.</summary>
internal sealed unsafe class EmptyKernel : IDisposable
{
    /// <summary>Its name.</summary>
    public const string Name = "empty";

    private readonly CudaModule _module;
    private readonly CudaFunction _function;

    private EmptyKernel(CudaModule module)
    {
        _module = module;
        _function = module.FindFunction(Name)!;
    }

    private static ReadOnlySpan<byte> Ptx => """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry empty()
        {
            ret;
        }
        """u8;

    public static EmptyKernel Load(CudaContext context) => new(CudaModule.Load(context, Ptx));

    /// <summary>Enqueues it. The context is current.</summary>
    public void Launch(nint stream) => _function.Launch(stream, new CudaExtent(1), new CudaExtent(1), 0, null);

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();
}
