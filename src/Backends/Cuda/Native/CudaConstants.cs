namespace Camshaft.Backends.Cuda.Native;

/// <summary>Numbers of cuda.h: flags and attributes that calls take.</summary>
internal static class CudaConstants
{
    /// <summary>The stream does not wait for the legacy default stream (<c>CU_STREAM_NON_BLOCKING</c>).</summary>
    public const uint StreamNonBlocking = 1;

    /// <summary>The event keeps no time, which is quicker (<c>CU_EVENT_DISABLE_TIMING</c>).</summary>
    public const uint EventDisableTiming = 2;

    /// <summary>Every context sees the memory as pinned (<c>CU_MEMHOSTALLOC_PORTABLE</c>, <c>CU_MEMHOSTREGISTER_PORTABLE</c>).</summary>
    public const uint HostPortable = 1;

    /// <summary>Maps peers' memory when it is first needed (<c>CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS</c>).</summary>
    public const uint IpcLazyPeerAccess = 1;

    /// <summary>The green context has a stream of its own by default (<c>CU_GREEN_CTX_DEFAULT_STREAM</c>); the driver asks for it.</summary>
    public const uint GreenDefaultStream = 1;

    /// <summary>Other threads' calls do not disturb a capture, nor theirs this thread's calls (<c>CU_STREAM_CAPTURE_MODE_THREAD_LOCAL</c>).</summary>
    public const int CaptureThreadLocal = 1;

    /// <summary>How many bytes a pool keeps when its streams are idle (<c>CU_MEMPOOL_ATTR_RELEASE_THRESHOLD</c>).</summary>
    public const int PoolReleaseThreshold = 4;

    /// <summary>How many bytes a pool has of the device, used or kept (<c>CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT</c>).</summary>
    public const int PoolReserved = 5;

    /// <summary>How many of them are used (<c>CU_MEMPOOL_ATTR_USED_MEM_CURRENT</c>).</summary>
    public const int PoolUsed = 7;

    // CUjit_option.
    public const int JitErrorLog = 5;
    public const int JitErrorLogByteSize = 6;

    // CUdevice_attribute.
    public const int MaxThreadsPerBlock = 1;
    public const int MaxBlockX = 2;
    public const int MaxGridX = 5;
    public const int MaxSharedMemoryPerBlock = 8;
    public const int MultiprocessorCount = 16;
    public const int AsyncEngineCount = 40;
    public const int ComputeCapabilityMajor = 75;
    public const int ComputeCapabilityMinor = 76;
    public const int MaxSharedMemoryPerBlockOptIn = 97;
    public const int MemoryPoolsSupported = 115;

    /// <summary>Of an address: the device whose memory it is (<c>CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL</c>).</summary>
    public const int PointerDeviceOrdinal = 9;

    // CUfunction_attribute.
    public const int FunctionMaxThreadsPerBlock = 0;
    public const int FunctionSharedByteSize = 1;
    public const int FunctionMaxDynamicSharedByteSize = 8;
}
