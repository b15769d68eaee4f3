using System.Globalization;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// One loaded model: a session that every instance runs on at the same time, so that the weights exist once. The session is
/// released when the model and all its instances are disposed, in any order.
/// </summary>
internal sealed unsafe class OnnxRuntimeModel : ILoadedModel
{
    private readonly OrtEnvironment _environment;
    private readonly ModelFiles _files;
    private readonly string? _arenaShrinkage;
    private volatile bool _distrustsSymbols;

    /// <summary>Takes ownership of <paramref name="session"/>, whose parent is the memory information.</summary>
    public OnnxRuntimeModel(OrtEnvironment environment, OrtHandle session, nint memoryInfo, ModelSource source, ModelFiles files, SessionConfiguration configuration, ModelSignature signature)
    {
        _environment = environment;
        _arenaShrinkage = configuration.ArenaShrinkage;
        Session = session;
        MemoryInfo = memoryInfo;
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

    /// <summary>The <c>OrtSession</c>.</summary>
    public OrtHandle Session { get; }

    /// <summary>Describes the engine's memory; lives as long as the session.</summary>
    public nint MemoryInfo { get; }

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
    /// What the model's files take, which is about what the weights take, and what the session's arena holds for activations.
    /// Of a model that is not prepared, weights that lie in other files, and copies that ONNX Runtime lays out anew for the
    /// processor, are not in it.
    /// </summary>
    public MemoryFootprint Footprint => new(_files.ByteSize + ArenaByteSize(), 0) { MappedByteSize = _files.MappedByteSize };

    /// <inheritdoc/>
    public IModelInstance CreateInstance(ILane lane)
    {
        ObjectDisposedException.ThrowIf(Session.IsClosed, this);
        return new OnnxRuntimeInstance(this, _arenaShrinkage);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        MemoryTrimmer.Trim();
    }

    private long ArenaByteSize()
    {
        using var arena = _environment.CreateMemoryInfo(OrtAllocatorType.Arena);
        nint allocator;
        if (!Succeeded(Api.CreateAllocator(Session.Value, arena.Value, &allocator)))
        {
            return 0; // The model asked for no arena.
        }

        using var ownedAllocator = new OrtHandle(allocator, Api.ReleaseAllocator);
        nint statistics;
        if (!Succeeded(Api.AllocatorGetStats(allocator, &statistics)))
        {
            return 0;
        }

        using var ownedStatistics = new OrtHandle(statistics, Api.ReleaseKeyValuePairs);
        fixed (byte* key = "TotalAllocated\0"u8)
        {
            var text = Marshal.PtrToStringUTF8((nint)Api.GetKeyValue(statistics, key));
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var byteSize) ? byteSize : 0;
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
