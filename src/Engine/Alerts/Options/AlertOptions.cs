namespace Camshaft.Engine.Alerts.Options;

/// <summary>What the server watches, and when it tells somebody. Immutable.</summary>
public sealed record AlertOptions
{
    /// <summary>Whether there are alerts at all; the state of objectives is known in any case. Default: yes.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How often it looks. Default: every 5 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a condition must not hold before its alert is resolved, so that one that comes and goes is told once. Default: 30 s.</summary>
    public TimeSpan KeepFiring { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Labels that every alert gets, such as the server's name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>An objective's error budget burns too fast.</summary>
    public BurnTerms Burn { get; init; } = new();

    /// <summary>A model's latency is over its threshold. Default: for a minute.</summary>
    public LatencyTerms Latency { get; init; } = new() { For = TimeSpan.FromMinutes(1) };

    /// <summary>Too many requests to a model fail. Default: for a minute.</summary>
    public ErrorRateTerms ErrorRate { get; init; } = new() { For = TimeSpan.FromMinutes(1) };

    /// <summary>A version of a model has failed.</summary>
    public AlertTerms ModelFailed { get; init; } = new();

    /// <summary>A plugin cannot be used.</summary>
    public AlertTerms PluginFailed { get; init; } = new();

    /// <summary>A model's queue is full. Default: for 10 s.</summary>
    public FillTerms QueueFull { get; init; } = new() { For = TimeSpan.FromSeconds(10) };

    /// <summary>Requests' tensors have reached their memory budget. Default: for 30 s.</summary>
    public FillTerms TensorMemory { get; init; } = new() { For = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// Models have reached their memory budget. Default: not watched, since a server with more models than memory is always
    /// there, and is meant to be.
    /// </summary>
    public FillTerms ModelMemory { get; init; } = new() { IsEnabled = false, For = TimeSpan.FromMinutes(1) };

    /// <summary>Models have reached what they may take of a device's memory. Default: for 30 s.</summary>
    public FillTerms DeviceMemory { get; init; } = new() { For = TimeSpan.FromSeconds(30) };

    /// <summary>A device has failed.</summary>
    public AlertTerms DeviceFailed { get; init; } = new();
}
