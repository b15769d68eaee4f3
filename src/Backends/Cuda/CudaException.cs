using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A call of the driver failed: which one, and what the driver calls that.</summary>
public sealed class CudaException : Exception
{
    internal CudaException(CudaStatus status, string call, string name, string text)
        : base($"{call} failed: {name} ({text}).")
    {
        Status = status;
        Call = call;
    }

    /// <summary>The call, by its name in cuda.h.</summary>
    public string Call { get; }

    /// <summary>How it looks to whoever asked for the work.</summary>
    public StatusCode Code => Status.ToStatusCode();

    /// <summary>Whether the device's context is lost with it.</summary>
    public bool IsSticky => Status.IsSticky;

    /// <summary>The driver's code.</summary>
    internal CudaStatus Status { get; }
}
