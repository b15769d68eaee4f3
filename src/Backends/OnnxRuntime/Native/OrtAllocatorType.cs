namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>Who allocates the memory that a description stands for (<c>OrtAllocatorType</c> in onnxruntime_c_api.h).</summary>
internal enum OrtAllocatorType
{
    /// <summary>The device's own allocator; also memory of the caller's.</summary>
    Device = 0,

    /// <summary>A session's arena.</summary>
    Arena = 1,
}
