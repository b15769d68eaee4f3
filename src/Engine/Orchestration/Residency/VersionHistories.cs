using Camshaft.Engine.Models;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>What is remembered of every version that was ever to be loaded. One thread at a time.</summary>
internal sealed class VersionHistories
{
    // Long enough to tell what a model is worth from a few requests, short enough to forget what was in use this morning.
    private static readonly TimeSpan FrequencyTimeConstant = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Model, long Version), VersionHistory> _histories = [];

    /// <summary>The history of a version; with other files than before it takes another number of bytes, and is asked for as before.</summary>
    public VersionHistory Get(ModelVersion version)
    {
        var key = (version.ModelName, version.Number);
        if (!_histories.TryGetValue(key, out var history))
        {
            _histories.Add(key, history = new VersionHistory(FrequencyTimeConstant));
        }

        if (history.Fingerprint != version.Fingerprint)
        {
            (history.Fingerprint, history.ByteSize) = (version.Fingerprint, null);
        }

        return history;
    }
}
