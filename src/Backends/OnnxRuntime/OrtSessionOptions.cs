using System.Text;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>The options of one session while it is made; where a plugin adds its execution provider.</summary>
public sealed unsafe class OrtSessionOptions : IDisposable
{
    private const int Sequential = 0;

    private readonly OrtApiTable _api;
    private readonly string _subject;

    internal OrtSessionOptions(OrtEnvironment environment, ModelSource source, SessionConfiguration configuration)
    {
        _api = environment.Api;
        _subject = source.ToString();
        StartsThreads = configuration.IntraOpThreads > 1;
        nint options;
        _api.ThrowIfFailed(_api.CreateSessionOptions(&options), nameof(_api.CreateSessionOptions), _subject);
        Handle = new OrtHandle(options, _api.ReleaseSessionOptions);
        fixed (byte* logId = NullTerminated(_subject))
        {
            Check(_api.SetSessionLogId(options, logId), nameof(_api.SetSessionLogId));
        }

        Check(_api.SetSessionExecutionMode(options, Sequential), nameof(_api.SetSessionExecutionMode));
        Check(_api.SetIntraOpNumThreads(options, configuration.IntraOpThreads), nameof(_api.SetIntraOpNumThreads));
        Check(_api.SetInterOpNumThreads(options, configuration.InterOpThreads), nameof(_api.SetInterOpNumThreads));
        Check(_api.SetSessionGraphOptimizationLevel(options, (int)configuration.Optimization), nameof(_api.SetSessionGraphOptimizationLevel));
        if (configuration.MemoryArena is { } arena)
        {
            Check(arena ? _api.EnableCpuMemArena(options) : _api.DisableCpuMemArena(options), nameof(_api.EnableCpuMemArena));
        }

        if (configuration.MemoryPattern is { } pattern)
        {
            Check(pattern ? _api.EnableMemPattern(options) : _api.DisableMemPattern(options), nameof(_api.EnableMemPattern));
        }

        foreach (var (key, value) in configuration.Entries)
        {
            AddConfigEntry(key, value);
        }
    }

    internal OrtHandle Handle { get; }

    /// <summary>Whether a session of these options has threads beside those that run it.</summary>
    internal bool StartsThreads { get; }

    /// <summary>Sets one of ONNX Runtime's session configuration entries.</summary>
    /// <exception cref="BackendException">ONNX Runtime refuses it.</exception>
    public void AddConfigEntry(string key, string value)
    {
        fixed (byte* keyBytes = NullTerminated(key), valueBytes = NullTerminated(value))
        {
            Check(_api.AddSessionConfigEntry(Handle.Value, keyBytes, valueBytes), nameof(_api.AddSessionConfigEntry));
        }
    }

    /// <summary>Makes a load with these options save the optimised graph, and its weights in a file of their own beside it.</summary>
    internal void SaveOptimized(string path, string weightsFileName)
    {
        using var nativePath = new OrtPath(path);
        Check(_api.SetOptimizedModelFilePath(Handle.Value, nativePath.Address), nameof(_api.SetOptimizedModelFilePath));
        AddConfigEntry("session.optimized_model_external_initializers_file_name", weightsFileName);
    }

    /// <summary>Says where a model that comes from memory has its files of weights.</summary>
    internal void FindWeightsIn(string directory) => AddConfigEntry("session.model_external_initializers_file_folder_path", directory);

    /// <summary>Keeps ONNX Runtime's warnings about the session to itself.</summary>
    internal void LogErrorsOnly() => Check(_api.SetSessionLogSeverityLevel(Handle.Value, OrtLog.Error), nameof(_api.SetSessionLogSeverityLevel));

    /// <summary>Makes a load with these options end early. Any thread, while the options are not disposed.</summary>
    internal void CancelLoad()
    {
        // A load that cannot be cancelled runs to its end; there is nobody to tell.
        var status = _api.SessionOptionsSetLoadCancellationFlag(Handle.Value, 1);
        if (status != 0)
        {
            _api.TakeError(status);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static byte[] NullTerminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private void Check(nint status, string call) => _api.ThrowIfFailed(status, call, _subject);
}
