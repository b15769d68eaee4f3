using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// One loaded model: a session that every instance runs on at the same time, so that the weights exist once. The session is
/// released when the model and all its instances are disposed, in any order. It can be replaced while runs go on: each instance
/// takes the new one before its next run, and the old one is released with the last that has it.
/// </summary>
internal sealed unsafe class OnnxRuntimeModel : ILoadedModel
{
    private readonly OrtEnvironment _environment;
    private readonly ModelFiles _files;
    private readonly string? _arenaShrinkage;
    private readonly Lock _gate = new();
    private volatile OrtHandle _session;
    private volatile bool _distrustsSymbols;

    /// <summary>Takes ownership of <paramref name="session"/>.</summary>
    public OnnxRuntimeModel(OrtEnvironment environment, OrtHandle session, ModelSource source, ModelFiles files, SessionConfiguration configuration, ModelSignature signature)
    {
        _environment = environment;
        _arenaShrinkage = configuration.ArenaShrinkage;
        _session = session;
        _files = files;
        Subject = source.ToString();
        Signature = signature;
        InputNames = new PinnedNames(signature.Inputs.Select(tensor => tensor.Name));
        OutputNames = new PinnedNames(signature.Outputs.Select(tensor => tensor.Name));
    }

    /// <inheritdoc/>
    public ModelSignature Signature { get; }

    /// <summary>The library's functions.</summary>
    public OrtApiTable Api => _environment.Api;

    /// <summary>Allocates string tensors.</summary>
    public nint Allocator => _environment.DefaultAllocator;

    /// <summary>The <c>OrtSession</c> of the next run.</summary>
    public OrtHandle Session => _session;

    /// <summary>Describes the engine's memory; lives as long as any session.</summary>
    public nint MemoryInfo => _environment.HostMemory.Value;

    /// <summary>Names the model in messages.</summary>
    public string Subject { get; }

    /// <summary>The inputs' names, for native calls.</summary>
    public PinnedNames InputNames { get; }

    /// <summary>The outputs' names, for native calls.</summary>
    public PinnedNames OutputNames { get; }

    /// <summary>
    /// Whether a run has given an output another shape than its symbols promised. From then on memory of the engine's is used
    /// for outputs of fixed shape only.
    /// </summary>
    public bool DistrustsSymbols
    {
        get => _distrustsSymbols;
        set => _distrustsSymbols = value;
    }

    /// <summary>
    /// What the model's files take, which is about what the weights take, and what the session's arena holds: activations, for as many runs
    /// as there were at once, and weights laid out anew for the processor. Of a prepared model that is within a tenth of what the process
    /// takes for it; of one that is not, weights that are computed at the load are not in it.
    /// </summary>
    public MemoryFootprint Footprint => new(_files.ByteSize + ArenaByteSize(), 0) { MappedByteSize = _files.MappedByteSize };

    /// <inheritdoc/>
    public IModelInstance CreateInstance(ILane lane)
    {
        ObjectDisposedException.ThrowIf(Session.IsClosed, this);
        return new OnnxRuntimeInstance(this, _arenaShrinkage);
    }

    /// <summary>Makes a handle to something that the session must outlive.</summary>
    /// <param name="value">The object.</param>
    /// <param name="release">Its release function.</param>
    /// <param name="session">The session that it keeps.</param>
    public OrtHandle CreateChild(nint value, delegate* unmanaged[Cdecl]<nint, void> release, out OrtHandle session)
    {
        // Not between the exchange of the session and its disposal.
        lock (_gate)
        {
            session = _session;
            return new OrtHandle(value, release, session);
        }
    }

    /// <summary>Runs on the session of another model from now on, which must be one of the same signature.</summary>
    /// <returns><see langword="true"/>: the session is this model's, and the other is not to be disposed; else this model was.</returns>
    public bool TryTakeSession(OnnxRuntimeModel other)
    {
        lock (_gate)
        {
            if (_session.IsClosed)
            {
                return false;
            }

            var old = _session;
            _session = other._session;
            old.Dispose();
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _session.Dispose();
        }

        MemoryTrimmer.Trim();
    }

    private long ArenaByteSize()
    {
        using var arena = _environment.CreateMemoryInfo(OrtAllocatorType.Arena);
        using var ownedAllocator = CreateArenaAllocator(arena);

        // The model asked for no arena, or is gone.
        return ownedAllocator is null ? 0 : OrtArena.ReadByteSize(Api, ownedAllocator);
    }

    // Any thread may ask while the session is exchanged or disposed.
    private OrtHandle? CreateArenaAllocator(OrtHandle arena)
    {
        lock (_gate)
        {
            nint allocator;
            return !_session.IsClosed && Succeeded(Api.CreateAllocator(_session.Value, arena.Value, &allocator))
                ? new OrtHandle(allocator, Api.ReleaseAllocator, _session)
                : null;
        }
    }

    private bool Succeeded(nint status)
    {
        if (status != 0)
        {
            Api.TakeError(status);
        }

        return status == 0;
    }
}
