namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>Why a call of ONNX Runtime failed.</summary>
/// <param name="Code">ONNX Runtime's code.</param>
/// <param name="Reason">ONNX Runtime's message.</param>
internal readonly record struct OrtError(OrtErrorCode Code, string Reason)
{
    // Texts of ONNX Runtime 1.31, which has no codes of their own for these cases; the tests hold them against the library.
    private const string ShapeMismatch = "but the computed output shape for this run is";
    private const string KernelFailure = "Non-zero status code returned while running";
    private static readonly string[] OutOfMemory = ["Failed to allocate memory", "is smaller than requested bytes of", "ran out of memory", "out of memory", "ALLOC_FAILED", "bad_alloc"];

    /// <summary>Whether memory bound to an output has another shape than the run gave.</summary>
    public bool IsOutputShapeMismatch => Reason.Contains(ShapeMismatch, StringComparison.Ordinal);

    /// <summary>How a failed load looks to whoever asked for it: the file is at fault unless the code says otherwise.</summary>
    public StatusCode LoadStatus => Code switch
    {
        _ when IsOutOfMemory => StatusCode.ResourceExhausted,
        OrtErrorCode.NoSuchFile => StatusCode.NotFound,
        OrtErrorCode.NotImplemented => StatusCode.Unsupported,
        OrtErrorCode.EngineError or OrtErrorCode.ExecutionProviderFail => StatusCode.Internal,
        _ => StatusCode.InvalidArgument,
    };

    /// <summary>
    /// How a failed run looks to the client. The engine has checked datatypes and shapes against the signature before, so an
    /// operator that refuses does so because of the values or of how shapes go together: the client's doing.
    /// </summary>
    public StatusCode RunStatus => Code switch
    {
        _ when IsOutOfMemory => StatusCode.ResourceExhausted,
        OrtErrorCode.InvalidArgument => StatusCode.InvalidArgument,
        OrtErrorCode.NotImplemented => StatusCode.Unsupported,
        OrtErrorCode.Fail or OrtErrorCode.RuntimeException when Reason.Contains(KernelFailure, StringComparison.Ordinal) => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    private bool IsOutOfMemory
    {
        get
        {
            foreach (var text in OutOfMemory)
            {
                if (Reason.Contains(text, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
