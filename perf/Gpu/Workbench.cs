using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.GpuBenchmark.Lanes;
using Camshaft.Plugins.CudaModules;

namespace Camshaft.GpuBenchmark;

/// <summary>What the parts share: the driver, one of its devices as the engine has it, and the backend that loads the samples. Parts run one after another.</summary>
internal sealed class Workbench : IDisposable
{
    private readonly CudaModuleBackend _backend = new();

    /// <summary>Takes hold of a device.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">The device's number.</param>
    /// <param name="sizes">How much is measured.</param>
    /// <param name="options">How the device is used; null = as it is without options.</param>
    /// <exception cref="BackendException">It cannot be used.</exception>
    /// <exception cref="CudaException">It does not answer.</exception>
    public Workbench(CudaDriver driver, int ordinal, BenchmarkSizes sizes, CudaOptions? options = null)
    {
        if (ordinal < 0 || ordinal >= driver.DeviceCount)
        {
            throw new BackendException(StatusCode.NotFound, $"There is no GPU {ordinal}: the driver shows {driver.DeviceCount}.");
        }

        Driver = driver;
        Info = driver.Describe(ordinal);
        Sizes = sizes;
        Device = new CudaDevice(driver, Info, options ?? new CudaOptions(), TimeProvider.System);
        Context = CudaContext.Borrow(Device.FindFunction, ((IAccelerator)Device).Context);
    }

    public CudaDriver Driver { get; }

    public CudaDeviceInfo Info { get; }

    public BenchmarkSizes Sizes { get; }

    /// <summary>How long the part that runs now may take.</summary>
    public TimeLimit Limit { get; set; } = TimeLimit.None;

    public CudaDevice Device { get; }

    /// <summary>The device's context, for calls beside the lanes.</summary>
    public CudaContext Context { get; }

    /// <summary>Takes hold of the same device once more, with a part of its multiprocessors kept for models with a share.</summary>
    public Workbench Reserve(double share) => new(Driver, Info.Ordinal, Sizes, new CudaOptions { ReservedShare = share }) { Limit = Limit };

    /// <summary>Loads a sample as the engine does, in a part of the device of its own.</summary>
    public GpuModel Load(string sample, AcceleratorTerms? terms = null)
    {
        var source = new ModelSource { ModelName = sample, Version = 1, FilePath = Path.Combine(SampleDirectory(sample), "module.yaml") };
        var share = Device.Open(terms ?? new AcceleratorTerms(source.ToString()));
        try
        {
            return new GpuModel(share, _backend.Load(source, share, CancellationToken.None));
        }
        catch
        {
            share.Dispose();
            throw;
        }
    }

    /// <summary>Takes page-locked host memory, with numbers from a seed.</summary>
    public HostBlock Pin(long byteSize, int seed = 0) => HostBlock.Take(Device.MemorySource, byteSize, seed);

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend.Dispose();
        Context.Dispose();
        Device.Dispose();
    }

    private static string SampleDirectory(string sample) => Path.Combine(AppContext.BaseDirectory, "samples", sample, "1");
}
