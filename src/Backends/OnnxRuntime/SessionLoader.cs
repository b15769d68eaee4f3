using Camshaft.Backends.OnnxRuntime.Native;
using Camshaft.Backends.OnnxRuntime.Preparation;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>Makes a session of a model file. Loads of several models may go on at once.</summary>
/// <param name="environment">The library.</param>
/// <param name="log">Where messages go.</param>
/// <param name="startThread">Starts a thread that yields to none, as sessions with threads of their own need one: these inherit that.</param>
internal sealed unsafe class SessionLoader(OrtEnvironment environment, IBackendLog log, Action<Thread> startThread)
{
    private readonly OrtApiTable _api = environment.Api;

    /// <summary>Loads a model as it is; weights that it keeps in other files are found beside it.</summary>
    /// <param name="source">The model.</param>
    /// <param name="configuration">What the options were made of.</param>
    /// <param name="options">The session's options, which the caller disposes afterwards.</param>
    /// <param name="cancellationToken">Ends the load early.</param>
    /// <exception cref="BackendException">There is no such file, or ONNX Runtime cannot run what is in it.</exception>
    public OnnxRuntimeModel Load(ModelSource source, SessionConfiguration configuration, OrtSessionOptions options, CancellationToken cancellationToken) =>
        new FileInfo(source.FilePath) is { Exists: true } file
            ? Load(source, source.FilePath, new ModelFiles(file.Length + MeasureExternalFiles(file), 0), configuration, options, cancellationToken)
            : throw new BackendException(StatusCode.NotFound, $"{source}: the file '{source.FilePath}' does not exist.");

    /// <summary>Loads a model from a file that stands for it.</summary>
    public OnnxRuntimeModel Load(ModelSource source, string path, ModelFiles files, SessionConfiguration configuration, OrtSessionOptions options, CancellationToken cancellationToken)
    {
        var session = CreateSession(source, path, options, cancellationToken);
        try
        {
            var signature = new SignatureReader(environment, session, source).Read();
            ReportOverridableInitializers(source, session, signature.Inputs.Count(static input => input.IsOptional));
            return new OnnxRuntimeModel(environment, session, source, files, configuration, signature);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Makes a session of a file. The caller owns it.</summary>
    /// <exception cref="BackendException">ONNX Runtime cannot run what is in it.</exception>
    public OrtHandle CreateSession(ModelSource source, string path, OrtSessionOptions options, CancellationToken cancellationToken)
    {
        using var nativePath = new OrtPath(path);
        var address = (nint)nativePath.Address;
        nint session = 0;
        nint status;
        using (CancelWith(options, cancellationToken))
        {
            status = Create(options, () =>
            {
                nint created;
                var result = _api.CreateSession(environment.Handle.Value, (void*)address, options.Handle.Value, &created);
                session = created;
                return result;
            });
        }

        ThrowIfFailed(status, source, path, cancellationToken);
        return new OrtHandle(session, _api.ReleaseSession, environment.HostMemory);
    }

    /// <summary>Makes a session of a model in memory, which may be freed when the session is. The caller owns it.</summary>
    /// <exception cref="BackendException">ONNX Runtime cannot run it.</exception>
    public OrtHandle CreateSession(ModelSource source, StrippedModel model, OrtSessionOptions options, CancellationToken cancellationToken)
    {
        nint session = 0;
        nint status;
        using (CancelWith(options, cancellationToken))
        {
            status = Create(options, () =>
            {
                nint created;
                var result = _api.CreateSessionFromArray(environment.Handle.Value, model.Address, (nuint)model.ByteSize, options.Handle.Value, &created);
                session = created;
                return result;
            });
        }

        ThrowIfFailed(status, source, source.FilePath, cancellationToken);
        return new OrtHandle(session, _api.ReleaseSession, environment.HostMemory);
    }

    private nint Create(OrtSessionOptions options, Func<nint> create)
    {
        if (!options.StartsThreads)
        {
            return create();
        }

        nint status = 0;
        var thread = new Thread(() => status = create()) { IsBackground = true, Name = "camshaft-session" };
        startThread(thread);
        thread.Join();
        return status;
    }

    private static long MeasureExternalFiles(FileInfo model)
    {
        try
        {
            return OnnxStructureReader.Read(model.FullName).ExternalFiles
                .Select(name => new FileInfo(Path.Combine(model.DirectoryName!, name)))
                .Sum(static file => file.Exists ? file.Length : 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // ONNX Runtime says next what is wrong with it.
            return 0;
        }
    }

    private static CancellationTokenRegistration CancelWith(OrtSessionOptions options, CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((OrtSessionOptions)state!).CancelLoad(), options);

    private void ThrowIfFailed(nint status, ModelSource source, string path, CancellationToken cancellationToken)
    {
        if (status != 0)
        {
            var error = _api.TakeError(status);
            cancellationToken.ThrowIfCancellationRequested();
            throw new BackendException(error.LoadStatus, $"{source}: ONNX Runtime cannot load '{path}': {error.Reason}");
        }
    }

    private void ReportOverridableInitializers(ModelSource source, OrtHandle session, int listedCount)
    {
        nuint count;
        _api.ThrowIfFailed(_api.SessionGetOverridableInitializerCount(session.Value, &count), nameof(_api.SessionGetOverridableInitializerCount), source.ToString());
        if ((int)count > listedCount)
        {
            log.Write(
                BackendLogLevel.Information,
                $"{source}: {(int)count - listedCount} initialisers are also inputs of the graph, so ONNX Runtime takes them for values that may change and optimises less; remove them from the graph's inputs.");
        }
    }
}
