using System.Text;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// What every session of one native library shares: the environment and the default allocator. Sessions hold on to it, so
/// disposing it early does no harm. Used from any thread.
/// </summary>
internal sealed unsafe class OrtEnvironment : IDisposable
{
    private const string Subject = "ONNX Runtime's environment";

    /// <summary>Makes the environment; a second one over the same library is the same native object, counted.</summary>
    public OrtEnvironment(OrtApiTable api, IBackendLog log)
    {
        Api = api;
        OrtLog.SetTarget(log);
        nint allocator;
        api.ThrowIfFailed(api.GetAllocatorWithDefaultOptions(&allocator), "GetAllocatorWithDefaultOptions", Subject);
        DefaultAllocator = allocator;
        nint environment;
        fixed (byte* logId = "onnxruntime\0"u8)
        {
            api.ThrowIfFailed(api.CreateEnvWithCustomLogger(&OrtLog.Write, 0, OrtLog.Warning, logId, &environment), "CreateEnvWithCustomLogger", Subject);
        }

        Handle = new OrtHandle(environment, api.ReleaseEnv);
        HostMemory = CreateMemoryInfo(OrtAllocatorType.Device);
    }

    /// <summary>The library's functions.</summary>
    public OrtApiTable Api { get; }

    /// <summary>The <c>OrtEnv</c>.</summary>
    public OrtHandle Handle { get; }

    /// <summary>Describes the engine's memory, for every session's tensors: the parent of sessions.</summary>
    public OrtHandle HostMemory { get; }

    /// <summary>Allocates names and string tensors. Belongs to the library; never released.</summary>
    public nint DefaultAllocator { get; }

    /// <summary>Describes host memory. The caller owns the description.</summary>
    public OrtHandle CreateMemoryInfo(OrtAllocatorType allocatorType)
    {
        const int defaultMemory = 0; // OrtMemTypeDefault
        nint memoryInfo;
        Api.ThrowIfFailed(Api.CreateCpuMemoryInfo((int)allocatorType, defaultMemory, &memoryInfo), "CreateCpuMemoryInfo", Subject);
        return new OrtHandle(memoryInfo, Api.ReleaseMemoryInfo, Handle);
    }

    /// <summary>Describes a device's memory. The caller owns the description.</summary>
    /// <param name="name">ONNX Runtime's name of the kind of memory, for example <c>Cuda</c>.</param>
    /// <param name="allocatorType">Who allocates it.</param>
    /// <param name="ordinal">The device.</param>
    public OrtHandle CreateMemoryInfo(string name, OrtAllocatorType allocatorType, int ordinal)
    {
        const int defaultMemory = 0; // OrtMemTypeDefault
        nint memoryInfo;
        fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            Api.ThrowIfFailed(Api.CreateMemoryInfo(nameBytes, (int)allocatorType, ordinal, defaultMemory, &memoryInfo), "CreateMemoryInfo", Subject);
        }

        return new OrtHandle(memoryInfo, Api.ReleaseMemoryInfo, Handle);
    }

    public void Dispose()
    {
        HostMemory.Dispose();
        Handle.Dispose();
    }
}
