namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>What is remembered of a version while it is not in memory. One thread at a time.</summary>
internal sealed class VersionHistory(TimeSpan timeConstant)
{
    /// <summary>How often it is asked for.</summary>
    public RequestFrequency Frequency { get; } = new(timeConstant);

    /// <summary>The most that it took when it was in memory; null = it never was, as far as its present files go.</summary>
    public long? ByteSize { get; set; }

    /// <summary>How long its last load took, from the moment when there was room to the first request.</summary>
    public TimeSpan ReloadTime { get; set; }

    /// <summary>The files that this was learnt from.</summary>
    public string? Fingerprint { get; set; }
}
