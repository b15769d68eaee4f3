using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>The NVIDIA driver, initialised: which version it is and which devices it has. Any thread; lives as long as the process.</summary>
public sealed unsafe class CudaDriver
{
    private const int NameByteSize = 256;

    /// <summary>Initialises a driver.</summary>
    /// <param name="resolve">Finds its functions.</param>
    /// <exception cref="CudaUnavailableException">It is too old, or cannot work here; the message says why.</exception>
    public CudaDriver(CudaResolver resolve)
    {
        Api = new CudaApi(resolve);
        int version, count;
        ThrowIfUnusable(Api.Init(0), "cuInit");
        ThrowIfUnusable(Api.DriverGetVersion(&version), "cuDriverGetVersion");
        ThrowIfUnusable(Api.DeviceGetCount(&count), "cuDeviceGetCount");
        Version = CudaApi.FormatVersion(version);
        DeviceCount = count;
    }

    /// <summary>The newest version of CUDA that it knows, for example <c>12.4</c>.</summary>
    public string Version { get; }

    /// <summary>How many devices it shows to this process.</summary>
    public int DeviceCount { get; }

    /// <summary>Whether a model can be given a part of a device's multiprocessors.</summary>
    public bool HasGreenContexts => Api.HasGreenContexts;

    internal CudaApi Api { get; }

    /// <summary>Loads and initialises the system's driver.</summary>
    /// <exception cref="CudaUnavailableException">There is none, or it is too old, or it cannot work here; the message says why.</exception>
    public static CudaDriver Load() => new(CudaLibrary.Load());

    /// <summary>Describes a device.</summary>
    /// <param name="ordinal">Its number, from 0.</param>
    /// <exception cref="CudaException">There is no such device, or it does not answer.</exception>
    public CudaDeviceInfo Describe(int ordinal)
    {
        var device = GetDevice(ordinal);
        var text = stackalloc byte[NameByteSize];
        Api.ThrowIfFailed(Api.DeviceGetName(text, NameByteSize, device), "cuDeviceGetName");
        var name = ReadText(text);
        Api.ThrowIfFailed(Api.DeviceGetPciBusId(text, NameByteSize, device), "cuDeviceGetPCIBusId");
        var busId = ReadText(text);
        nuint memory;
        Api.ThrowIfFailed(Api.DeviceTotalMem(&memory, device), "cuDeviceTotalMem");
        return new CudaDeviceInfo(ordinal, name, busId, (long)memory)
        {
            MultiprocessorCount = GetAttribute(device, CudaConstants.MultiprocessorCount),
            ComputeCapability = new Version(GetAttribute(device, CudaConstants.ComputeCapabilityMajor), GetAttribute(device, CudaConstants.ComputeCapabilityMinor)),
            CopyEngineCount = GetAttribute(device, CudaConstants.AsyncEngineCount),
            HasMemoryPools = GetAttribute(device, CudaConstants.MemoryPoolsSupported) != 0,
        };
    }

    /// <summary>Takes hold of a device's primary context, which every library in the process shares. The caller disposes it.</summary>
    /// <exception cref="CudaException">The device cannot be used.</exception>
    public CudaContext RetainContext(int ordinal)
    {
        var device = GetDevice(ordinal);
        nint context;
        Api.ThrowIfFailed(Api.DevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
        return new CudaContext(Api, context, device, isOwned: true);
    }

    private void ThrowIfUnusable(CudaStatus status, string call)
    {
        if (status != CudaStatus.Success)
        {
            throw new CudaUnavailableException($"the NVIDIA driver does not start: {Api.CreateException(status, call).Message}");
        }
    }

    private static string ReadText(byte* text)
    {
        // The driver ends its texts with a zero inside the buffer.
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        return Encoding.UTF8.GetString(bytes);
    }

    private int GetDevice(int ordinal)
    {
        int device;
        Api.ThrowIfFailed(Api.DeviceGet(&device, ordinal), "cuDeviceGet");
        return device;
    }

    private int GetAttribute(int device, int attribute)
    {
        int value;
        Api.ThrowIfFailed(Api.DeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }
}
