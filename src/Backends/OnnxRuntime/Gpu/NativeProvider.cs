using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Adds an execution provider to the options of a session.</summary>
internal static unsafe class NativeProvider
{
    /// <summary>Adds the CUDA execution provider.</summary>
    /// <exception cref="BackendException">It cannot be loaded, or refuses a setting.</exception>
    public static void AppendCuda(OrtApiTable api, nint sessionOptions, IReadOnlyDictionary<string, string> settings, nint stream, string subject)
    {
        nint created;
        api.ThrowIfFailed(api.CreateCudaProviderOptions(&created), nameof(api.CreateCudaProviderOptions), subject);
        using var options = new OrtHandle(created, api.ReleaseCudaProviderOptions);
        Update(api, created, settings, stream, api.UpdateCudaProviderOptions, api.UpdateCudaProviderOptionsWithValue, subject);
        api.ThrowIfFailed(api.AppendCuda(sessionOptions, created), nameof(api.AppendCuda), subject);
    }

    /// <summary>Adds the TensorRT execution provider; what it leaves goes to providers that are added after it.</summary>
    /// <exception cref="BackendException">It cannot be loaded, or refuses a setting.</exception>
    public static void AppendTensorRt(OrtApiTable api, nint sessionOptions, IReadOnlyDictionary<string, string> settings, nint stream, string subject)
    {
        nint created;
        api.ThrowIfFailed(api.CreateTensorRtProviderOptions(&created), nameof(api.CreateTensorRtProviderOptions), subject);
        using var options = new OrtHandle(created, api.ReleaseTensorRtProviderOptions);
        Update(api, created, settings, stream, api.UpdateTensorRtProviderOptions, api.UpdateTensorRtProviderOptionsWithValue, subject);
        api.ThrowIfFailed(api.AppendTensorRt(sessionOptions, created), nameof(api.AppendTensorRt), subject);
    }

    private static void Update(
        OrtApiTable api,
        nint options,
        IReadOnlyDictionary<string, string> settings,
        nint stream,
        delegate* unmanaged[Cdecl]<nint, byte**, byte**, nuint, nint> update,
        delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> updateWithValue,
        string subject)
    {
        // Both live to the end of the method, past the call.
        var keys = new PinnedNames(settings.Keys);
        var values = new PinnedNames(settings.Values);
        fixed (nint* keyPointers = keys.Pointers, valuePointers = values.Pointers)
        {
            api.ThrowIfFailed(update(options, (byte**)keyPointers, (byte**)valuePointers, (nuint)settings.Count), "options of an execution provider", subject);
        }

        GC.KeepAlive(keys);
        GC.KeepAlive(values);

        if (stream == 0)
        {
            return;
        }

        // After the text, which sets everything anew.
        fixed (byte* key = "user_compute_stream\0"u8)
        {
            api.ThrowIfFailed(updateWithValue(options, key, stream), "stream of an execution provider", subject);
        }
    }
}
