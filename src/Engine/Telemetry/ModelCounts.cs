using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// What a version of a model has counted since the server knows it. Immutable; <see cref="Since"/> gives what happened between
/// two of them.
/// </summary>
public sealed class ModelCounts
{
    private readonly long[] _codes;

    internal ModelCounts(ModelRecorder origin, long[] codes)
    {
        Origin = origin;
        _codes = codes;
    }

    /// <summary>How many requests ended, well or badly, without those that were never taken (<see cref="Untaken"/>).</summary>
    public long Requests => _codes.Sum();

    /// <summary>How many were answered with their outputs.</summary>
    public long Successes => GetCount(StatusCode.Ok);

    /// <summary>How many ended otherwise.</summary>
    public long Errors => Requests - Successes;

    /// <summary>How many of the errors were refused before they were queued: malformed, or the queue was full, or they would have been late.</summary>
    public long Refused { get; internal init; }

    /// <summary>How many requests were turned away because the version was not ready; they are in no other number.</summary>
    public long Untaken { get; internal init; }

    /// <summary>How many of the errors came from a run: the backend failed, or gave what it may not.</summary>
    public long RunErrors { get; internal init; }

    /// <summary>How many successes kept the latency objective; 0 without one.</summary>
    public long WithinObjective { get; internal init; }

    /// <summary>The rows of successful requests.</summary>
    public long Rows { get; internal init; }

    /// <summary>How many batches ran, well or badly.</summary>
    public long Executions { get; internal init; }

    /// <summary>The bytes of successful requests' inputs.</summary>
    public long InputByteSize { get; internal init; }

    /// <summary>The bytes of their outputs.</summary>
    public long OutputByteSize { get; internal init; }

    /// <summary>How many answers had a value that the model's configuration excludes.</summary>
    public long FailedOutputChecks { get; internal init; }

    /// <summary>How long those errors took together, from their head to their end, that were not refused before they were queued.</summary>
    public TimeSpan ErrorTime { get; internal init; }

    /// <summary>How long accelerators computed for its batches, those that failed included.</summary>
    public TimeSpan DeviceTime { get; internal init; }

    internal ModelRecorder Origin { get; }

    /// <summary>How many requests ended with a code.</summary>
    public long GetCount(StatusCode code) => _codes[(int)code];

    /// <summary>What was counted since an earlier reading of the same version; all of it when that was of another's recorder.</summary>
    public ModelCounts Since(ModelCounts? earlier)
    {
        if (earlier is null || earlier.Origin != Origin)
        {
            return this;
        }

        return new ModelCounts(Origin, [.. _codes.Zip(earlier._codes, static (now, before) => now - before)])
        {
            Refused = Refused - earlier.Refused,
            Untaken = Untaken - earlier.Untaken,
            RunErrors = RunErrors - earlier.RunErrors,
            WithinObjective = WithinObjective - earlier.WithinObjective,
            Rows = Rows - earlier.Rows,
            Executions = Executions - earlier.Executions,
            InputByteSize = InputByteSize - earlier.InputByteSize,
            OutputByteSize = OutputByteSize - earlier.OutputByteSize,
            FailedOutputChecks = FailedOutputChecks - earlier.FailedOutputChecks,
            ErrorTime = ErrorTime - earlier.ErrorTime,
            DeviceTime = DeviceTime - earlier.DeviceTime,
        };
    }
}
