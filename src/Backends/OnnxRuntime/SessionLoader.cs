using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>Makes a session of a model file. Loads of several models may go on at once.</summary>
internal sealed unsafe class SessionLoader(OrtEnvironment environment, IBackendLog log)
{
    private readonly OrtApiTable _api = environment.Api;

    /// <summary>Loads a model; weights that it keeps in other files are found beside it.</summary>
    /// <param name="source">The model.</param>
    /// <param name="configuration">What the options were made of.</param>
    /// <param name="options">The session's options, which the caller disposes afterwards.</param>
    /// <param name="cancellationToken">Ends the load early.</param>
    /// <exception cref="BackendException">There is no such file, or ONNX Runtime cannot run what is in it.</exception>
    public OnnxRuntimeModel Load(ModelSource source, SessionConfiguration configuration, OrtSessionOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(source.FilePath))
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: the file '{source.FilePath}' does not exist.");
        }

        using var memoryInfo = environment.CreateMemoryInfo(OrtAllocatorType.Device);
        nint session;
        nint status;
        using (cancellationToken.UnsafeRegister(static state => ((OrtSessionOptions)state!).CancelLoad(), options))
        {
            // ORTCHAR_T: UTF-16 on Windows, bytes elsewhere.
            var path = OperatingSystem.IsWindows() ? Marshal.StringToCoTaskMemUni(source.FilePath) : Marshal.StringToCoTaskMemUTF8(source.FilePath);
            status = _api.CreateSession(environment.Handle.Value, (void*)path, options.Handle.Value, &session);
            Marshal.FreeCoTaskMem(path);
        }

        if (status != 0)
        {
            var error = _api.TakeError(status);
            cancellationToken.ThrowIfCancellationRequested();
            throw new BackendException(error.LoadStatus, $"{source}: ONNX Runtime cannot load '{source.FilePath}': {error.Reason}");
        }

        // The model's tensors are described by the memory information, so the session keeps it.
        var handle = new OrtHandle(session, _api.ReleaseSession, memoryInfo);
        try
        {
            ReportOverridableInitializers(source, handle);
            return new OnnxRuntimeModel(environment, handle, memoryInfo.Value, source, configuration, new SignatureReader(environment, handle, source).Read());
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void ReportOverridableInitializers(ModelSource source, OrtHandle session)
    {
        nuint count;
        _api.ThrowIfFailed(_api.SessionGetOverridableInitializerCount(session.Value, &count), nameof(_api.SessionGetOverridableInitializerCount), source.ToString());
        if (count > 0)
        {
            log.Write(
                BackendLogLevel.Information,
                $"{source}: {count} initialisers are also inputs of the graph, so ONNX Runtime takes them for values that may change and optimises less; remove them from the graph's inputs.");
        }
    }
}
